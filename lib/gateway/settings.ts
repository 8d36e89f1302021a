import path from 'node:path';
import * as z from 'zod';
import { Limits } from '../domain/limits/limits.ts';

const GB = 1024 ** 3;

/** PS3.5 6.2: at most 16 characters of the default repertoire, without a backslash. */
const AeTitle = z
  .string()
  .regex(/^[ -[\]-~]{1,16}$/, { error: 'must be an AE title: up to 16 characters' })
  .refine((title) => title.trim() === title, { error: 'must not begin or end with a space' });
const Port = z.int().min(1).max(65_535);
const Address = z.union([z.ipv4(), z.ipv6()]);

/** A modality or an archive that may connect. */
const Peer = z.strictObject({
  aeTitle: AeTitle,
  /** Its IP address. Without it, the AE title alone is checked, which everybody in the network can send. */
  address: Address.optional(),
  /** Where it accepts associations, with its address. */
  port: Port.optional(),
  /** Whether associations with it, in this direction, are encrypted. */
  tls: z.boolean().default(false),
});
export type Peer = z.infer<typeof Peer>;

/** The settings of a gateway: a JSON file, whose paths are relative to it. It has no secret. */
export const Settings = z.strictObject({
  /** The service; `https`, unless it is on the same computer. */
  url: z.url({ protocol: /^https?$/ }),
  /** A file with the API key. NEGATOSCOPE_API_KEY or NEGATOSCOPE_TOKEN in the environment counts before it. */
  apiKeyFile: z.string().optional(),
  /** The called AE title. */
  aeTitle: AeTitle.default('NEGATOSCOPE'),
  /** The address on which peers connect. */
  host: z.string().default('0.0.0.0'),
  /** 11112 is registered for DICOM (IANA), and needs no privilege, as 104 does. */
  port: Port.default(11_112),
  /** Nobody else may connect. */
  peers: z.array(Peer).min(1),
  /** Associations at the same time. Each has at most a megabyte of memory. */
  associations: z.int().min(1).max(500).default(50),
  spool: z.strictObject({
    folder: z.string(),
    /** Of the waiting files. A clinic that makes 10 GB a day can be without internet for five days. */
    maxBytes: z
      .int()
      .positive()
      .default(50 * GB),
    /** What stays free on the disk. */
    keepFreeBytes: z
      .int()
      .nonnegative()
      .default(2 * GB),
  }),
  /** The largest file that the service stores: its limit `dicomBytes`. */
  maxInstanceBytes: z.int().positive().default(Limits.parse({}).dicomBytes),
  /** If present, all peers connect by TLS, those of STOW-RS, too. PEM files. */
  tls: z
    .strictObject({
      keyFile: z.string(),
      certificateFile: z.string(),
      /** The authority that signs the certificates of the peers. With it, each peer needs one (PS3.15 B.12). */
      authorityFile: z.string().optional(),
    })
    .optional(),
  /** STOW-RS (PS3.18 10.5) for requests of any size. Only these addresses may connect. */
  stow: z.strictObject({ port: Port, addresses: z.array(Address).min(1) }).optional(),
  /** The port of the status page and the metrics, on loopback only. */
  statusPort: Port.default(11_180),
});
export type Settings = z.infer<typeof Settings>;

/** @param file the path of the settings file @throws SyntaxError or ZodError */
export function parseSettings(text: string, file: string): Settings {
  const settings = Settings.parse(JSON.parse(text));
  const resolve = (name: string) => path.resolve(path.dirname(file), name);
  const { tls } = settings;
  return {
    ...settings,
    ...(tls && {
      tls: {
        keyFile: resolve(tls.keyFile),
        certificateFile: resolve(tls.certificateFile),
        ...(tls.authorityFile !== undefined && { authorityFile: resolve(tls.authorityFile) }),
      },
    }),
    ...(settings.apiKeyFile !== undefined && { apiKeyFile: resolve(settings.apiKeyFile) }),
    spool: { ...settings.spool, folder: resolve(settings.spool.folder) },
  };
}
