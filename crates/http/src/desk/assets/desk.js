// Moves bytes between a form and an authenticator, reads a chosen file into its field, prints.
// Without it everything is legible; only passkeys need it.

const bytes = (text) => {
  const plain = atob(text.replaceAll('-', '+').replaceAll('_', '/'));
  return Uint8Array.from(plain, (letter) => letter.charCodeAt(0));
};

const text = (buffer) => {
  let plain = '';
  for (const byte of new Uint8Array(buffer)) plain += String.fromCharCode(byte);
  return btoa(plain);
};

const create = async ({ challenge, rp, rpName, user, userName, exclude }) => {
  const made = await navigator.credentials.create({
    publicKey: {
      rp: { id: rp, name: rpName },
      user: { id: bytes(user), name: userName, displayName: userName },
      challenge: bytes(challenge),
      pubKeyCredParams: [{ type: 'public-key', alg: -7 }, { type: 'public-key', alg: -8 }],
      authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
      excludeCredentials: exclude ? exclude.split(' ').map((id) => ({ type: 'public-key', id: bytes(id) })) : [],
      attestation: 'none',
      timeout: 240000,
    },
  });
  return { client: text(made.response.clientDataJSON), data: text(made.response.getAuthenticatorData()) };
};

const get = async ({ challenge, rp, allow }) => {
  const used = await navigator.credentials.get({
    publicKey: {
      challenge: bytes(challenge),
      rpId: rp,
      allowCredentials: allow ? allow.split(' ').map((id) => ({ type: 'public-key', id: bytes(id) })) : [],
      userVerification: 'required',
      timeout: 240000,
    },
  });
  return {
    credential: text(used.rawId),
    client: text(used.response.clientDataJSON),
    data: text(used.response.authenticatorData),
    signature: text(used.response.signature),
  };
};

for (const form of document.querySelectorAll('form[data-passkey]')) {
  const alert = form.querySelector('[role=alert]');
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    alert.textContent = '';
    const button = form.querySelector('button[type=submit]');
    button.setAttribute('aria-busy', 'true');
    try {
      if (!globalThis.PublicKeyCredential) throw new DOMException('', 'NotSupportedError');
      const found = await (form.dataset.passkey === 'create' ? create : get)(form.dataset);
      for (const [name, value] of Object.entries(found)) form.elements.namedItem(name).value = value;
      form.submit();
    } catch (error) {
      const known = { NotSupportedError: 'unsupported', InvalidStateError: 'taken' };
      alert.textContent = alert.dataset[known[error.name] ?? 'failed'];
      button.removeAttribute('aria-busy');
    }
  });
}

for (const input of document.querySelectorAll('input[data-into]')) {
  input.hidden = false;
  input.addEventListener('change', async () => {
    const [file] = input.files;
    if (file) document.getElementById(input.dataset.into).value = await file.text();
  });
}

for (const button of document.querySelectorAll('button[data-print]')) {
  button.hidden = false;
  button.addEventListener('click', () => print());
}
