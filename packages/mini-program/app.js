// The holder's mini program. The region's address is the only thing to be set; it must be a permitted domain of the app.

App({
  globalData: { at: "https://region.example" },
});
