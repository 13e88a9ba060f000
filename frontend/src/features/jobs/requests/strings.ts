export const strings = {
  title: "Results that are missing",
  ask: (page: number, pages: number, price: string) => `Ask for page ${page} of ${pages} on chain: ${price}`,
  what: (price: string, clock: string) =>
    `A request costs ${price}, which goes to whoever shows the page within ${clock}; your browser then checks it against the root on chain. If nobody does, each seat that vouched for this lot loses its whole bond: three quarters of it come to you, and so do the price and the lot's budget. Your wallet asks twice: first to allow exactly ${price}, then for the request.`,
  window: "Asking is possible for",
  closed:
    "The delivery window is over, so it can no longer be asked for on chain. This page goes on looking for it in the store.",
  notBuyer: "Its buyer can ask for it on chain while the delivery window lasts.",
  asked: (page: number, pages: number, item: number) =>
    `Page ${page} of ${pages} of item ${item} was asked for on chain. Time to show it:`,
  over: "over",
  end: "Nobody showed it: convict the seats",
  endNote: "Anyone may press this and is paid the poke price for it.",
  shown: (count: number, pages: number) => `${count} of ${pages} pages were shown on chain.`,
};
