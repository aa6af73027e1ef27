// A certified OpenID provider (oidc-provider) for the tests: real protocol, real keys, people who never lived.
// The person of a sign-in is the one that `login_hint` names, or PERSON, without a password. Prints its address.
import { generateKeyPairSync } from 'node:crypto';
import { createServer } from 'node:http';
import Provider from 'oidc-provider';

// Only the address is for whoever started it.
console.info = console.warn = () => {};

const people = JSON.parse(process.env.PEOPLE);
const redirect = process.env.REDIRECT;

const key = (kind, options, alg, kid) => ({
  ...generateKeyPairSync(kind, options).privateKey.export({ format: 'jwk' }),
  alg,
  kid,
  use: 'sig',
});
const keys = [
  key('rsa', { modulusLength: 2048 }, 'RS256', 'rs'),
  key('rsa', { modulusLength: 2048 }, 'PS256', 'ps'),
  key('ec', { namedCurve: 'P-256' }, 'ES256', 'es'),
  key('ed25519', {}, 'EdDSA', 'ed'),
];
const client = (id, method, alg) => ({
  client_id: id,
  ...(method === 'none' ? {} : { client_secret: process.env.SECRET }),
  redirect_uris: [redirect],
  response_types: ['code'],
  grant_types: ['authorization_code'],
  token_endpoint_auth_method: method,
  id_token_signed_response_alg: alg,
});

const server = createServer();
await new Promise((done) => server.listen(0, '127.0.0.1', done));
const issuer = `http://127.0.0.1:${server.address().port}`;
const provider = new Provider(issuer, {
  clients: [
    client('basic', 'client_secret_basic', 'ES256'),
    client('post', 'client_secret_post', 'RS256'),
    client('public', 'none', 'EdDSA'),
    client('pss', 'client_secret_basic', 'PS256'),
  ],
  jwks: { keys },
  cookies: { keys: ['cookies of one test'] },
  claims: { openid: ['sub'], identity: ['name', 'document_type', 'document_number'] },
  // The claims of the scopes stand in the ID token as well as at the user-info endpoint.
  conformIdTokenClaims: false,
  clientAuthMethods: ['client_secret_basic', 'client_secret_post', 'none'],
  enabledJWA: { idTokenSigningAlgValues: ['RS256', 'PS256', 'ES256', 'EdDSA'] },
  pkce: { required: () => true },
  features: { devInteractions: { enabled: false } },
  interactions: { url: (_, interaction) => `/interaction/${interaction.uid}` },
  findAccount: (_, id) =>
    people[id] && { accountId: id, claims: () => ({ sub: id, ...people[id] }) },
});
const answer = provider.callback();

async function interact(request, response) {
  const { params } = await provider.interactionDetails(request, response);
  const id = params.login_hint ?? process.env.PERSON;
  let result = { error: 'access_denied', error_description: 'the person did not want to' };
  if (people[id]) {
    const grant = new provider.Grant({ accountId: id, clientId: params.client_id });
    grant.addOIDCScope(params.scope);
    result = { login: { accountId: id }, consent: { grantId: await grant.save() } };
  }
  await provider.interactionFinished(request, response, result, { mergeWithLastSubmission: false });
}

server.on('request', (request, response) => {
  if (!request.url.startsWith('/interaction/')) return answer(request, response);
  return interact(request, response).catch((error) => {
    response.statusCode = 500;
    response.end(String(error));
  });
});
console.log(issuer);
// The test that started it holds this open.
process.stdin.on('end', () => process.exit()).resume();
