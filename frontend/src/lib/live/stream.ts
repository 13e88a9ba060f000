/**
 * Server-sent events: what changed, never what it became. One EventSource for the whole page carries the union of the
 * topics in use; the browser resumes by Last-Event-ID. While it is down, `LiveProvider` polls.
 */

export interface LiveMessage {
  topic: string;
  id?: string;
  block?: number;
  [field: string]: unknown;
}

export type LiveState = "connecting" | "open" | "down";

export interface LiveHandlers {
  onMessage(kind: string, message: LiveMessage): void;
  onState(state: LiveState): void;
}

const KINDS = ["head", "job", "lot", "dispute", "device", "account", "reset"] as const;
const REOPEN_DELAY_MS = 150;
const RETRY_AFTER_CLOSE_MS = 5_000;

export class LiveStream {
  private readonly counts = new Map<string, number>();
  private source: EventSource | null = null;
  private timer: ReturnType<typeof setTimeout> | null = null;
  private openTopics = "";
  private lastId = "";

  constructor(
    private readonly streamUrl: string,
    private readonly handlers: LiveHandlers,
  ) {}

  /** Counts a topic in; the returned function counts it out. Re-opening is gathered over a short delay. */
  watch(topic: string): () => void {
    this.counts.set(topic, (this.counts.get(topic) ?? 0) + 1);
    this.schedule(REOPEN_DELAY_MS);
    return () => {
      const left = (this.counts.get(topic) ?? 1) - 1;
      if (left > 0) this.counts.set(topic, left);
      else this.counts.delete(topic);
      this.schedule(REOPEN_DELAY_MS);
    };
  }

  close(): void {
    if (this.timer) clearTimeout(this.timer);
    this.timer = null;
    this.source?.close();
    this.source = null;
    this.openTopics = "";
  }

  private schedule(delay: number): void {
    if (this.timer) clearTimeout(this.timer);
    this.timer = setTimeout(() => this.reopen(), delay);
  }

  private reopen(): void {
    this.timer = null;
    const topics = [...this.counts.keys()].sort().join(",");
    if (topics === this.openTopics && this.source && this.source.readyState !== EventSource.CLOSED) return;
    this.source?.close();
    this.source = null;
    this.openTopics = topics;
    if (topics === "" || typeof EventSource === "undefined") return;
    this.handlers.onState("connecting");
    const resume = this.lastId ? `&last_event_id=${encodeURIComponent(this.lastId)}` : "";
    const base = this.streamUrl.replace(/\/+$/, "");
    const path = base.endsWith("/stream") ? base : `${base}/stream`;
    const source = new EventSource(`${path}?topics=${encodeURIComponent(topics)}${resume}`);
    this.source = source;
    source.onopen = () => this.handlers.onState("open");
    source.onerror = () => {
      this.handlers.onState("down");
      // CLOSED: the browser gave up (an HTTP error); otherwise it retries by itself with Last-Event-ID
      if (source.readyState === EventSource.CLOSED && this.source === source) {
        this.source = null;
        this.openTopics = "";
        this.schedule(RETRY_AFTER_CLOSE_MS);
      }
    };
    for (const kind of KINDS)
      source.addEventListener(kind, (event) => this.receive(kind, event as MessageEvent));
  }

  private receive(kind: string, event: MessageEvent): void {
    if (event.lastEventId) this.lastId = event.lastEventId;
    try {
      this.handlers.onMessage(kind, JSON.parse(String(event.data)) as LiveMessage);
    } catch {
      // a message that is not JSON tells nothing; the next poll catches up
    }
  }
}
