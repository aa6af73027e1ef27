// What is asked of the region. An answer is taken as it is or is a `Problem`; no answer is `Unreached`.

class Problem extends Error {
  constructor(status, told, after) {
    super((told && told.title) || `status ${status}`);
    this.name = "Problem";
    this.status = status;
    this.told = told || {};
    /** Seconds to wait before the next try, where the region says so. */
    this.after = after;
  }
}

class Unreached extends Error {
  constructor(why) {
    super(why || "no answer");
    this.name = "Unreached";
  }
}

/** Asks; `token` is the holder's. `within` is in milliseconds. */
function ask(at, method, path, { body, token, within = 8000 } = {}) {
  return new Promise((resolve, reject) => {
    const header = { accept: "application/json" };
    if (body !== undefined) header["content-type"] = "application/json";
    if (token) header.authorization = `Bearer ${token}`;
    wx.request({
      url: at + path,
      method,
      header,
      data: body === undefined ? undefined : JSON.stringify(body),
      timeout: within,
      success: ({ statusCode, data, header: answered }) => {
        if (statusCode >= 200 && statusCode < 300) return resolve(data);
        const after = Number((answered && (answered["Retry-After"] || answered["retry-after"])) || 0);
        return reject(new Problem(statusCode, data, after));
      },
      fail: ({ errMsg }) => reject(new Unreached(errMsg)),
    });
  });
}

/** The super-app's authorisation code: good once and for some minutes, it proves who the person is. */
function authorisation() {
  return new Promise((resolve, reject) => {
    wx.login({
      success: ({ code }) => (code ? resolve(code) : reject(new Unreached("no code"))),
      fail: ({ errMsg }) => reject(new Unreached(errMsg)),
    });
  });
}

module.exports = { Problem, Unreached, ask, authorisation };
