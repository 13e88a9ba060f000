/** Every query key in one place: the live stream invalidates by these prefixes. */
export const keys = {
  status: ["status"] as const,
  stats: ["stats"] as const,
  jobs: (filters?: object) => (filters ? (["jobs", filters] as const) : (["jobs"] as const)),
  job: (id: string) => ["job", id.toLowerCase()] as const,
  lots: (id: string) => ["job", id.toLowerCase(), "lots"] as const,
  events: (id: string) => ["job", id.toLowerCase(), "events"] as const,
  devices: (filters?: object) => (filters ? (["devices", filters] as const) : (["devices"] as const)),
  device: (id: string) => ["device", id.toLowerCase()] as const,
  income: (id: string) => ["device", id.toLowerCase(), "income"] as const,
  holders: (share: string) => ["share", share.toLowerCase(), "holders"] as const,
  providers: ["providers"] as const,
  provider: (address: string) => ["provider", address.toLowerCase()] as const,
  account: (address: string) => ["account", address.toLowerCase()] as const,
  quota: (address: string) => ["account", address.toLowerCase(), "quota"] as const,
  quote: (request: object) => ["quote", request] as const,
  chain: (what: string, ...args: readonly unknown[]) => ["chain", what, ...args] as const,
};
