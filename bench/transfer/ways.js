/** Buffers below half of the pool of Buffer are slices of it, and the pool cannot be moved. */
const POOLED = 4096;
const encoder = new TextEncoder();
const moved = (bytes) => [bytes.buffer, [bytes.buffer]];

/** How a payload gets to a thread: `pack(text)` -> the arguments of postMessage, `open(message)` -> the string that a job reads there. */
export const WAYS = {
  copied: { pack: (text) => [text], open: (text) => text },
  // The quicker of the encoders at either size.
  utf8: {
    pack: (text) => moved(text.length < POOLED ? encoder.encode(text) : Buffer.from(text)),
    open: (buffer) => Buffer.from(buffer).toString(),
  },
  // Two bytes for each character, whichever it is.
  utf16: {
    pack(text) {
      const bytes = Buffer.allocUnsafeSlow(2 * text.length);
      bytes.write(text, 'utf16le');
      return moved(bytes);
    },
    open: (buffer) => Buffer.from(buffer).toString('utf16le'),
  },
  // Never a string: what an application would gain that has bytes and wants bytes.
  bytes: { pack: (buffer) => [buffer, [buffer]], open: (buffer) => buffer },
};

export const sizeOf = (payload) => payload.length ?? payload.byteLength;
