/** One way to the API: JSON in, JSON out, and RFC 9457 problems turned into one error type that screens can explain. */

const BASE = "/api/v1";

export class ApiError extends Error {
  override readonly name = "ApiError";
  constructor(
    /** HTTP status; 0 when the server was not reached at all. */
    readonly status: number,
    readonly title: string,
    readonly detail: string,
    readonly fields: Readonly<Record<string, unknown>> = {},
  ) {
    super(detail || title);
  }

  /** Whether the same request may succeed later without a change. */
  get retryable(): boolean {
    return this.status === 0 || this.status === 429 || this.status >= 500;
  }
}

async function problemOf(response: Response): Promise<ApiError> {
  const body: unknown = await response.json().catch(() => null);
  if (body && typeof body === "object") {
    const problem = body as Record<string, unknown>;
    const title = typeof problem.title === "string" ? problem.title : `HTTP ${response.status}`;
    const detail = typeof problem.detail === "string" ? problem.detail : title;
    const hint = typeof problem.hint === "string" && problem.hint ? ` ${problem.hint}` : "";
    return new ApiError(response.status, title, detail + hint, problem);
  }
  return new ApiError(
    response.status,
    `HTTP ${response.status}`,
    response.statusText || "The server refused.",
  );
}

async function send(path: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(BASE + path, init);
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    throw new ApiError(0, "Server not reached", "The Assay server does not answer. Is it running?");
  }
}

export async function getJson<T>(path: string, signal?: AbortSignal): Promise<T> {
  const response = await send(path, { headers: { Accept: "application/json" }, signal: signal ?? null });
  if (!response.ok) throw await problemOf(response);
  return (await response.json()) as T;
}

export async function postJson<T>(path: string, body: unknown, signal?: AbortSignal): Promise<T> {
  const response = await send(path, {
    method: "POST",
    headers: { "Content-Type": "application/json", Accept: "application/json" },
    body: JSON.stringify(body),
    signal: signal ?? null,
  });
  if (!response.ok) throw await problemOf(response);
  return (await response.json()) as T;
}

/** Query string of the defined parameters, in a stable order. */
export function withQuery(
  path: string,
  params: Readonly<Record<string, string | number | undefined | null>>,
): string {
  const search = new URLSearchParams();
  for (const [key, value] of Object.entries(params)) {
    if (value !== undefined && value !== null && value !== "") search.set(key, String(value));
  }
  const text = search.toString();
  return text ? `${path}?${text}` : path;
}

export function artifactUrl(kind: "bytes" | "list" | "spec", id: string): string {
  return `${BASE}/artifacts/${kind}/${id}`;
}
