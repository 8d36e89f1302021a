// A process of its own, because fontconfig looks for fonts once: writes a watermark's pixels on black to its
// output.
import { drawWatermark } from '../../../lib/media/image/watermark.ts';

const ground = { data: new Uint8Array(800 * 600 * 3), width: 800, height: 600, channels: 3 as const };
process.stdout.write((await drawWatermark(ground, process.argv[2] ?? '')).data);
