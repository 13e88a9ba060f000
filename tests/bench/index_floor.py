"""The floor: the least a Python program must do for the same rows in PostgreSQL. No reorgs, no checks, no framework.

http.client, orjson, decoding by hand, COPY, one upsert of balances. Environment: DATABASE_URL, BENCH_WORKLOAD.
"""

import http.client
import json
import os
from urllib.parse import unquote, urlsplit

import orjson
import psycopg

PAGE = 500  # blocks


def main() -> None:
    """Reads all logs, writes events and balances."""
    work = json.loads(os.environ["BENCH_WORKLOAD"])
    node, database = urlsplit(work["url"]), urlsplit(os.environ["DATABASE_URL"])
    connection = http.client.HTTPConnection(node.hostname or "", node.port)
    balances: dict[str, int] = {}
    folder = unquote(database.netloc.split("@")[1])  # the socket's folder; its capitals matter
    with psycopg.connect(host=folder, user=database.username, dbname=database.path[1:]) as db:
        db.execute(
            "CREATE TABLE transfer (id text PRIMARY KEY, block bigint, sender text, receiver text, value numeric)"
        )
        db.execute("CREATE TABLE balance (account text PRIMARY KEY, balance numeric)")
        for first in range(0, work["head"] + 1, PAGE):
            query = {"fromBlock": hex(first), "toBlock": hex(first + PAGE - 1), "address": work["token"]}
            body = orjson.dumps({"jsonrpc": "2.0", "id": 1, "method": "eth_getLogs", "params": [query]})
            connection.request("POST", "/", body, {"Content-Type": "application/json"})
            logs = orjson.loads(connection.getresponse().read())["result"]
            with db.cursor().copy("COPY transfer FROM STDIN") as copy:
                for log in logs:
                    topics = log["topics"]
                    sender, receiver, value = (
                        "0x" + topics[1][26:],
                        "0x" + topics[2][26:],
                        int(log["data"], 16),
                    )
                    key = f"{log['blockNumber']}-{log['logIndex']}"
                    copy.write_row((key, int(log["blockNumber"], 16), sender, receiver, value))
                    balances[sender] = balances.get(sender, 0) - value
                    balances[receiver] = balances.get(receiver, 0) + value
            db.execute(
                "INSERT INTO balance SELECT * FROM unnest(%s::text[], %s::numeric[]) "
                "ON CONFLICT (account) DO UPDATE SET balance = excluded.balance",
                [list(balances), list(balances.values())],
            )
            db.commit()


if __name__ == "__main__":
    main()
