import { Button } from "@/ui/Button";

interface Props {
  query: { hasNextPage: boolean; isFetchingNextPage: boolean; fetchNextPage(): unknown };
}

/** Keyset paging: the next page joins the list. */
export function Pager({ query }: Props) {
  if (!query.hasNextPage) return null;
  return (
    <div className="px-4 py-3">
      <Button busy={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
        Load more
      </Button>
    </div>
  );
}
