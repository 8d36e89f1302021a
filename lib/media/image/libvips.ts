import sharp from 'sharp';

// Most of libvips' CVEs are in loaders that this service does not need (SVG, ImageMagick, its own file format …). So
// all are blocked except these six: no other loader ever parses a file.
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

// The cached results of one upload are useless for the next one, and would keep memory and a patient's pixels.
sharp.cache(false);

// Decoding is serial, and the renditions are encoded in parallel on libuv's threads: more threads inside one pipeline
// were not faster on 2 cores, and each has its own buffers.
sharp.concurrency(1);

/** sharp, set up once for untrusted bytes. Everything in the project imports sharp from here. */
export { sharp };
