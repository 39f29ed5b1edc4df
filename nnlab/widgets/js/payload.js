// The other end of payload.py: a JSON header whose arrays are places in one run of bytes.

const ARRAYS = { float64: Float64Array, int32: Int32Array, int16: Int16Array, uint8: Uint8Array };

/** The header's tree with its arrays in place, each a typed array that also knows its shape. */
export const unpack = (header, bytes) => unpacker(bytes, [])(header);

/** Unpacks trees that have their bytes, and the branches that are alike, in common. */
export function unpacker(bytes, shared) {
  // A host may hand over a view that starts anywhere; typed arrays need an aligned start, so take a copy.
  const buffer = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength);
  const done = new Map();
  const walk = (node) => {
    if (Array.isArray(node)) return node.map(walk);
    if (node === null || typeof node !== "object") return node;
    if ("same" in node) {
      if (!done.has(node.same)) done.set(node.same, walk(shared[node.same]));
      return done.get(node.same);
    }
    if ("dtype" in node && "offset" in node) {
      const count = node.shape.reduce((product, side) => product * side, 1);
      return Object.assign(new ARRAYS[node.dtype](buffer, node.offset, count), { shape: node.shape });
    }
    return Object.fromEntries(Object.entries(node).map(([key, value]) => [key, walk(value)]));
  };
  return walk;
}
