/** Gas money: two digits are all that an estimate is good for. */
import { formatEther } from "viem";

export function formatGas(wei: bigint): string {
  const ether = Number(formatEther(wei));
  return `${ether === 0 ? "0" : Number(ether.toPrecision(2)).toLocaleString("en", { maximumSignificantDigits: 2 })} ETH`;
}
