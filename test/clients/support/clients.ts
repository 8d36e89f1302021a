import manifest from '../../../package.json' with { type: 'json' };
import programs from '../programs/package.json' with { type: 'json' };

/** A program of other makers that connects to the service. */
export interface ClientProgram {
  name: string;
  version: string;
  /** The test file, below `test/clients`. */
  file: string;
  /** What it can do beyond what the tests show. */
  untested: readonly string[];
  /** What who sets it up has to know. */
  note?: string;
}

const { devDependencies } = manifest;
const { dependencies } = programs;
const DEBIAN = 'of Debian 12';

export const CLIENTS: readonly ClientProgram[] = [
  {
    name: 'Redocly, Spectral',
    version: `${dependencies['@redocly/cli']}, ${dependencies['@stoplight/spectral-cli']}`,
    file: 'api-document.test.ts',
    untested: [],
  },
  {
    name: 'Clients made from the API document',
    version: `OpenAPI 3.1.1, requests by fast-check ${devDependencies['fast-check']}`,
    file: 'generated-requests.test.ts',
    untested: ['requests that the document forbids'],
  },
  {
    name: 'dicomweb-client for JavaScript',
    version: devDependencies['dicomweb-client'],
    file: 'dicomweb-client.test.ts',
    untested: ['video'],
    note: 'It asks for pictures as text unless it gets `mediaTypes`.',
  },
  {
    name: 'OpenID Connect: oidc-provider',
    version: devDependencies['oidc-provider'],
    file: 'openid-provider.test.ts',
    untested: ['Keycloak, Entra ID, Okta and other issuers'],
    note: '[What the issuer needs](deploy.md#an-issuer-of-the-clinics-own).',
  },
  {
    name: 'OHIF',
    version: '3.13.2',
    file: 'ohif.test.ts',
    untested: ['sign-in at Cognito', 'measurements made in OHIF', 'whole slide images', 'video'],
    note: '[Configuration, and what OHIF does not do](ohif.md).',
  },
  {
    name: 'Uppy',
    version: dependencies['@uppy/core'],
    file: 'uppy.test.ts',
    untested: ['multipart uploads of S3'],
    note: 'The server of the clinic gets the signed URLs (`signRequest`). `shouldUseMultipart: false`: a signed URL is for one PUT of the whole file, and the bucket accepts no other method from a page.',
  },
  {
    name: 'curl, rclone',
    version: DEBIAN,
    file: 'resumed-downloads.test.ts',
    untested: [],
    note: 'A signed URL is valid for minutes: who continues later asks `GET /api/exports/{id}` for a new one of the same archive.',
  },
  { name: 'dcmtk: dsrdump', version: DEBIAN, file: 'dcmtk.test.ts', untested: [] },
  { name: 'pydicom', version: DEBIAN, file: 'pydicom.test.ts', untested: ['dicomweb-client for Python'] },
];
