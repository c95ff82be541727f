// A screenshot as a PNG of at most 256 colours: a third of the bytes, and no eye tells the difference on a page of text and bars.
// PNG as in its specification, third edition: 8 bits a channel in, a palette out; filters are undone and none is used.

import { deflateSync, crc32, inflateSync } from "node:zlib";

const kSignature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

export function palettePng(png) {
  const { width, height, channels, pixels } = decode(png);
  const { palette, indexes } = reduce(pixels, channels, width * height);
  return encode(width, height, palette, indexes);
}

function decode(png) {
  if (!png.subarray(0, 8).equals(kSignature)) throw new Error("not a PNG");
  const data = [];
  let head = null;
  for (let at = 8; at < png.length; ) {
    const length = png.readUInt32BE(at);
    const type = png.toString("latin1", at + 4, at + 8);
    const body = png.subarray(at + 8, at + 8 + length);
    if (type === "IHDR") head = body;
    if (type === "IDAT") data.push(body);
    at += 12 + length;
  }
  const [width, height, depth, colour] = [head.readUInt32BE(0), head.readUInt32BE(4), head[8], head[9]];
  if (depth !== 8 || (colour !== 2 && colour !== 6)) throw new Error(`cannot read a PNG of depth ${depth} and colour type ${colour}`);
  const channels = colour === 2 ? 3 : 4;
  return { width, height, channels, pixels: unfiltered(inflateSync(Buffer.concat(data)), width * channels, height, channels) };
}

// Each byte was written as its difference from what its filter foretold from the bytes to the left and above.
function unfiltered(raw, stride, height, channels) {
  const pixels = Buffer.alloc(stride * height);
  for (let row = 0; row < height; ++row) {
    const filter = raw[row * (stride + 1)];
    for (let at = 0; at < stride; ++at) {
      const place = row * stride + at;
      const left = at >= channels ? pixels[place - channels] : 0;
      const up = row > 0 ? pixels[place - stride] : 0;
      const corner = at >= channels && row > 0 ? pixels[place - stride - channels] : 0;
      pixels[place] = raw[row * (stride + 1) + 1 + at] + foretold(filter, left, up, corner);
    }
  }
  return pixels;
}

function foretold(filter, left, up, corner) {
  if (filter === 1) return left;
  if (filter === 2) return up;
  if (filter === 3) return (left + up) >> 1;
  return filter === 4 ? paeth(left, up, corner) : 0;
}

function paeth(left, up, corner) {
  const guess = left + up - corner;
  const [a, b, c] = [Math.abs(guess - left), Math.abs(guess - up), Math.abs(guess - corner)];
  return a <= b && a <= c ? left : b <= c ? up : corner;
}

// Most of the palette goes to the colours that most pixels have; the rest to those that are farthest from all of these, so that a small
// mark keeps its colour.
const kFrequent = 160;
const kColours = 256;

function reduce(pixels, channels, count) {
  const counts = new Map();
  const colours = new Uint32Array(count);
  for (let pixel = 0; pixel < count; ++pixel) {
    const at = pixel * channels;
    const colour = (pixels[at] << 16) | (pixels[at + 1] << 8) | pixels[at + 2];
    colours[pixel] = colour;
    counts.set(colour, (counts.get(colour) ?? 0) + 1);
  }
  const palette = paletteOf(counts);
  const nearest = new Map([...counts.keys()].map((colour) => [colour, nearestOf(colour, palette)]));
  return { palette, indexes: Buffer.from(Uint8Array.from(colours, (colour) => nearest.get(colour))) };
}

function paletteOf(counts) {
  const ordered = [...counts].sort((a, b) => b[1] - a[1] || a[0] - b[0]);
  const palette = ordered.slice(0, kFrequent).map(([colour]) => colour);
  const rest = ordered.slice(kFrequent).map(([colour, count]) => ({ colour, weight: Math.sqrt(count), far: distance(colour, palette[nearestOf(colour, palette)]) }));
  while (palette.length < kColours && rest.length > 0) {
    const next = rest.reduce((best, one) => (one.far * one.weight > best.far * best.weight ? one : best));
    if (next.far === 0) break;
    palette.push(next.colour);
    for (const one of rest) one.far = Math.min(one.far, distance(one.colour, next.colour));
  }
  return palette;
}

function nearestOf(colour, palette) {
  let best = 0;
  let least = Infinity;
  palette.forEach((other, index) => {
    const far = distance(colour, other);
    if (far < least) [best, least] = [index, far];
  });
  return best;
}

function distance(colour, other) {
  const [red, green, blue] = [16, 8, 0].map((shift) => ((colour >> shift) & 255) - ((other >> shift) & 255));
  return red * red + green * green + blue * blue;
}

function encode(width, height, palette, indexes) {
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  head.set([8, 3, 0, 0, 0], 8);
  const rows = Buffer.alloc((width + 1) * height);
  for (let row = 0; row < height; ++row) indexes.copy(rows, row * (width + 1) + 1, row * width, (row + 1) * width);
  const colours = Buffer.from(palette.flatMap((colour) => [(colour >> 16) & 255, (colour >> 8) & 255, colour & 255]));
  return Buffer.concat([kSignature, chunk("IHDR", head), chunk("PLTE", colours), chunk("IDAT", deflateSync(rows, { level: 9 })), chunk("IEND", Buffer.alloc(0))]);
}

function chunk(type, body) {
  const named = Buffer.concat([Buffer.from(type, "latin1"), body]);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(body.length);
  const sum = Buffer.alloc(4);
  sum.writeUInt32BE(crc32(named));
  return Buffer.concat([length, named, sum]);
}
