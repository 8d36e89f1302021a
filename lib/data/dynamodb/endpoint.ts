// Bundles contain this module instead of the SDK's rules for endpoints, which know every option and 15 KB of code (`bin/build.ts`).

/** What the SDK tells of a request; of its other settings, none is used here. */
interface Parameters {
  Region?: string | undefined;
  Endpoint?: string | undefined;
  UseFIPS?: boolean | undefined;
  UseDualStack?: boolean | undefined;
}

/** The domains of AWS's partitions, by the beginning of their regions (AWS general reference, "Regional endpoints"). */
const DOMAINS: [regions: RegExp, domain: string][] = [
  [/^cn-/, 'amazonaws.com.cn'],
  [/^eusc-/, 'amazonaws.eu'],
  [/^us-iso-/, 'c2s.ic.gov'],
  [/^us-isob-/, 'sc2s.sgov.gov'],
  [/^eu-isoe-/, 'cloud.adc-e.uk'],
  [/^us-isof-/, 'csp.hci.ic.gov'],
];

const known = new Map<string, { url: URL; properties: object; headers: object }>();

/** The endpoint of DynamoDB: that of the settings, or that of the region. Its name is the SDK's. */
export function defaultEndpointResolver({ Region = '', Endpoint, UseFIPS, UseDualStack }: Parameters) {
  if (UseFIPS || UseDualStack)
    throw new Error('functions have no endpoints with FIPS or for both IP versions');
  const domain = DOMAINS.find(([regions]) => regions.test(Region))?.[1] ?? 'amazonaws.com';
  const address = Endpoint ?? `https://dynamodb.${Region}.${domain}`;
  const endpoint = known.get(address) ?? { url: new URL(address), properties: {}, headers: {} };
  known.set(address, endpoint);
  return endpoint;
}
