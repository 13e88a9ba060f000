/** A NumPy .npy file (version 1.0) of little-endian float32 [height, width, 4]: the raw picture anyone can load. */
export function npyOf(values: Float32Array, height: number, width: number): Uint8Array<ArrayBuffer> {
  const shape = `{'descr': '<f4', 'fortran_order': False, 'shape': (${height}, ${width}, 4), }`;
  const unpadded = 10 + shape.length + 1;
  const header = `${shape}${" ".repeat((64 - (unpadded % 64)) % 64)}\n`;
  const file = new Uint8Array(10 + header.length + values.length * 4);
  file.set([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0, header.length & 255, header.length >> 8]);
  file.set(new TextEncoder().encode(header), 10);
  const view = new DataView(file.buffer, 10 + header.length);
  for (let at = 0; at < values.length; at++) view.setFloat32(4 * at, values[at] as number, true);
  return file;
}
