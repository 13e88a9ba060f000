/** Connects the stream to the query cache: a message invalidates the queries it is about; silence falls back to polling. */
import { type QueryKey, useQueryClient } from "@tanstack/react-query";
import { createContext, type ReactNode, useContext, useEffect, useMemo, useState } from "react";
import { keys } from "@/lib/api/keys";
import { useConfig } from "@/lib/config";
import { type LiveMessage, type LiveState, LiveStream } from "@/lib/live/stream";

/** Poll while the stream is down; a slow safety poll while it is up. */
const POLL_DOWN_MS = 3_000;
const POLL_OPEN_MS = 30_000;
/** A burst of events about one thing costs one refetch. */
const GATHER_MS = 250;

interface Live {
  state: LiveState;
  watch(topic: string): () => void;
}

const LiveContext = createContext<Live>({ state: "connecting", watch: () => () => undefined });

/** Which cached answers a message makes old. */
export function staleKeys(kind: string, message: LiveMessage): QueryKey[] {
  const named =
    typeof message.id === "string" && message.id ? message.id : (message.topic.split(":")[1] ?? "");
  // a lot is named "job:lot"; what is cached hangs under its job
  const id = named.split(":")[0] ?? "";
  switch (kind) {
    case "head":
      return [keys.status];
    case "job":
    case "lot":
      return [...(id ? [keys.job(id)] : []), keys.jobs(), keys.stats];
    case "dispute":
      return [...(id ? [keys.dispute(id)] : []), keys.disputes(), keys.stats];
    case "device":
      return [...(id ? [keys.device(id)] : []), keys.devices(), keys.stats, keys.chain("share")];
    case "account":
      return [
        ...(id ? [keys.account(id), keys.provider(id)] : []),
        keys.providers,
        keys.stats,
        keys.chain("account"),
        keys.chain("share"),
      ];
    case "reset":
      return [[]];
    default:
      return [];
  }
}

export function LiveProvider({ children }: { children: ReactNode }) {
  const { stream_url } = useConfig();
  const client = useQueryClient();
  const [state, setState] = useState<LiveState>("connecting");

  const stream = useMemo(() => {
    const waiting = new Map<string, QueryKey>();
    let timer: ReturnType<typeof setTimeout> | null = null;
    const flush = () => {
      timer = null;
      for (const queryKey of waiting.values()) void client.invalidateQueries({ queryKey });
      waiting.clear();
    };
    return new LiveStream(stream_url, {
      onState: setState,
      onMessage: (kind, message) => {
        for (const key of staleKeys(kind, message)) waiting.set(JSON.stringify(key), key);
        if (timer === null) timer = setTimeout(flush, GATHER_MS);
      },
    });
  }, [client, stream_url]);

  useEffect(() => {
    const unwatch = stream.watch("head");
    return () => {
      unwatch();
      stream.close();
    };
  }, [stream]);

  useEffect(() => {
    const every = state === "open" ? POLL_OPEN_MS : POLL_DOWN_MS;
    const timer = setInterval(() => {
      if (document.visibilityState === "visible")
        void client.invalidateQueries({ type: "active", predicate: isLive });
    }, every);
    return () => clearInterval(timer);
  }, [state, client]);

  const live = useMemo(() => ({ state, watch: (topic: string) => stream.watch(topic) }), [state, stream]);
  return <LiveContext value={live}>{children}</LiveContext>;
}

/** Content-addressed answers and quotes never go stale by time. */
function isLive(query: { queryKey: QueryKey }): boolean {
  return query.queryKey[0] !== "quote" && query.queryKey[0] !== "artifact";
}

export function useLiveState(): LiveState {
  return useContext(LiveContext).state;
}

export function useLiveTopics(...topics: (string | null | undefined)[]): void {
  const { watch } = useContext(LiveContext);
  const joined = topics.filter(Boolean).join(",");
  useEffect(() => {
    if (!joined) return;
    const unwatch = joined.split(",").map((topic) => watch(topic));
    return () => {
      for (const stop of unwatch) stop();
    };
  }, [joined, watch]);
}
