import { serveStream } from '../../../lib/lambda/http/serve-stream.ts';
import { operation } from './operation.ts';

const PAGE = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width">
    <title>Negatoscope API</title>
    <link rel="stylesheet" href="/docs/swagger-ui.css">
  </head>
  <body>
    <div id="swagger-ui"></div>
    <script src="/docs/swagger-ui-bundle.js"></script>
    <script src="/docs/start.js"></script>
  </body>
</html>
`;

export const handle = async () => ({
  headers: {
    'content-type': 'text/html; charset=utf-8',
    // Swagger UI uses inline styles and icons from data: URLs; everything else is loaded from this origin.
    'content-security-policy':
      "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; frame-ancestors 'none'",
  },
  body: PAGE,
});

export const handler = serveStream(operation, handle, {});
