// oidc-provider on loopback. It prints `listening on URL`, then obeys the lines of its standard
// input and answers each with `done`:
//
//   rotate     new keys sign; those that signed so far stay published
//   withdraw   only the keys that sign stay published
//   stop       nobody listens
//   start      the same port listens again
//
// It ends when its standard input does.

import { generateKeyPairSync } from 'node:crypto';
import { createServer } from 'node:http';
import { createInterface } from 'node:readline';
import Provider from 'oidc-provider';

const audience = 'issuers-api';

// What a client may ask a token for; `resource` (RFC 8707) names one of these.
const resources = {
  'urn:test:rs256': { audience, jwt: { sign: { alg: 'RS256' } } },
  'urn:test:ps256': { audience, jwt: { sign: { alg: 'PS256' } } },
  'urn:test:es256': { audience, jwt: { sign: { alg: 'ES256' } } },
  'urn:test:eddsa': { audience, jwt: { sign: { alg: 'EdDSA' } } },
  'urn:test:brief': { audience, accessTokenTTL: 2 },
  'urn:test:other': { audience: 'other-api' },
};

const machine = (id) => ({
  client_id: id,
  client_secret: id,
  grant_types: ['client_credentials'],
  response_types: [],
  redirect_uris: [],
});

const configuration = (keys) => ({
  jwks: { keys },
  cookies: { keys: ['test'] },
  clients: [
    machine('reader'),
    machine('admin'),
    // A user logs in to a client that has the name of the API: so its ID tokens have the audience
    // of the access tokens, and nothing but their kind can refuse them.
    {
      client_id: audience,
      client_secret: audience,
      redirect_uris: ['http://127.0.0.1/callback'],
    },
  ],
  features: {
    clientCredentials: { enabled: true },
    resourceIndicators: {
      enabled: true,
      getResourceServerInfo: (_, name) => ({ scope: '', accessTokenFormat: 'jwt', ...resources[name] }),
    },
  },
  extraTokenClaims: (_, token) => ({ role: token.clientId === 'admin' ? 'admin' : 'viewer' }),
});

const newKeys = () =>
  [
    generateKeyPairSync('rsa', { modulusLength: 2048 }),
    generateKeyPairSync('ec', { namedCurve: 'P-256' }),
    generateKeyPairSync('ed25519'),
  ].map((pair) => pair.privateKey.export({ format: 'jwk' }));

const server = createServer((request, response) => answer(request, response));
const listen = (port) => new Promise((resolve) => server.listen(port, '127.0.0.1', resolve));

await listen(0);
const { port } = server.address();
const issuer = `http://127.0.0.1:${port}`;

let signing = newKeys();
let answer;
// The first key that fits signs.
const publish = (keys) => {
  answer = new Provider(issuer, configuration(keys)).callback();
};
publish(signing);
console.log(`listening on ${issuer}`);

const commands = {
  rotate() {
    const former = signing;
    signing = newKeys();
    publish([...signing, ...former]);
  },
  withdraw: () => publish(signing),
  stop() {
    const closed = new Promise((resolve) => server.close(resolve));
    server.closeAllConnections();
    return closed;
  },
  start: () => listen(port),
};
for await (const line of createInterface({ input: process.stdin })) {
  await commands[line]();
  console.log('done');
}
process.exit();
