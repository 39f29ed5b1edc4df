// What anywidget loads: one view for each place where the widget is shown.

import { unpack } from "./payload.js";
import { View } from "./view.js";

export default {
  render({ model, el }) {
    const view = new View(model, el);
    const receive = () => view.receive(unpack(model.get("header"), model.get("data")));
    model.on("change:header", receive);
    receive();
    return () => {
      model.off("change:header", receive);
      view.destroy();
    };
  },
};
