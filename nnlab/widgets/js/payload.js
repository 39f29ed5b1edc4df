// The other end of payload.py: a JSON header whose arrays are places in one run of bytes.

const ARRAYS = { float64: Float64Array, int32: Int32Array, int16: Int16Array, uint8: Uint8Array };

/** The header's tree with its arrays in place, each a typed array that also knows its shape. */
export function unpack(header, bytes) {
  // A host may hand over a view that starts anywhere; typed arrays need an aligned start, so take a copy.
  const buffer = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength);
  const walk = (node) => {
    if (Array.isArray(node)) return node.map(walk);
    if (node === null || typeof node !== "object") return node;
    if ("dtype" in node && "offset" in node) {
      const count = node.shape.reduce((product, side) => product * side, 1);
      return Object.assign(new ARRAYS[node.dtype](buffer, node.offset, count), { shape: node.shape });
    }
    return Object.fromEntries(Object.entries(node).map(([key, value]) => [key, walk(value)]));
  };
  return walk(header);
}
