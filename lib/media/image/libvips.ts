import sharp from 'sharp';

// Most of libvips' CVEs are in loaders that nobody here needs (SVG, ImageMagick, its own file format …), so all are
// closed and these six opened: whatever a file claims to be, nothing else ever parses it.
sharp.block({ operation: ['VipsForeignLoad'] });
sharp.unblock({
  operation: [
    'VipsForeignLoadJpegBuffer',
    'VipsForeignLoadPngBuffer',
    'VipsForeignLoadNsgifBuffer',
    'VipsForeignLoadWebpBuffer',
    'VipsForeignLoadTiffBuffer',
    'VipsForeignLoadHeifBuffer',
  ],
});

// Results of one upload are of no use to the next one; they only hold memory, and a patient's pixels.
sharp.cache(false);

// Decoding is serial anyway and the renditions encode side by side on libuv's threads: more threads inside one
// pipeline measured no faster on 2 cores, and each holds its own buffers.
sharp.concurrency(1);

/** sharp, set up once for untrusted bytes. Everything in the project imports sharp from here. */
export { sharp };
