export const strings = {
  skip: "Skip to the content",
  nav: [
    { to: "/", label: "Overview" },
    { to: "/jobs", label: "Jobs" },
    { to: "/disputes", label: "Disputes" },
    { to: "/devices", label: "Devices" },
    { to: "/providers", label: "Providers" },
    { to: "/account", label: "Portfolio" },
  ],
  localChain: "Local chain",
  localChainHint: "Chain 31337 on this machine. Its money is not worth anything.",
  newJob: "New job",
  themes: { system: "System theme", light: "Light theme", dark: "Dark theme" },
  live: { open: "live", connecting: "connecting", down: "polling" },
  liveHint: {
    open: "Changes arrive as the chain makes them.",
    connecting: "Opening the live stream.",
    down: "The live stream is down: the page asks every few seconds instead.",
  },
  resetTitle: "The local chain was reset since your last visit",
  resetText:
    "A wallet extension still remembers the old chain's nonces, so its next transaction may hang. In MetaMask: Settings → Advanced → Clear activity tab data, for this account. The demo wallet needs nothing.",
  resetDone: "I have cleared it",
  serverReset: "The chain under this page was reset. Reload to follow the new one.",
  lagging: (blocks: number) => `The indexer is ${blocks} blocks behind the chain; figures are that old.`,
  statusDown: "The server does not answer; what you see may be old.",
};
