// Amounts: "1234.5" as the counter's country writes them, and back to plain decimals.

let counter = { symbol: "$", decimal: ",", thousands: ".", decimals: 2 };

export function useCurrency(of) {
  counter = of;
}

export const currency = () => counter;

export function pretty(plain) {
  if (plain === null || plain === undefined || plain === "") return "";
  const [whole, cents] = plain.split(".");
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, counter.thousands);
  return `${counter.symbol} ${grouped}${cents === undefined ? "" : counter.decimal + cents}`;
}

// What a person typed: "1.234,50" is 1234.50 where the comma is the decimal mark.
export function plain(typed) {
  return typed.trim().replaceAll(counter.thousands, "").replace(counter.decimal, ".");
}
