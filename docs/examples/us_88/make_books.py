#!/usr/bin/env python3
"""Makes book folders from the daily prices of 88 US-listed shares.

The prices and the ECB's reference rates are real, the clients are made up. One market folder serves all books; half
of the books are in euro and buy their dollars at the ECB rate of the day. The same arguments give the same bytes.

    python3 make_books.py --data DATA --out us_88

DATA holds prices/us_88_ohlcv_2012_2017.csv.gz and fx/eurofxref-hist.csv.gz. Only the standard library is needed.
"""

import argparse
import csv
import datetime
import gzip
import json
import pathlib
import random
import sys
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal

MARKET = "US88"
PRICES = "prices/us_88_ohlcv_2012_2017.csv.gz"
RATES = "fx/eurofxref-hist.csv.gz"
FIRST_DATE = datetime.date(2013, 1, 2)
LAST_DATE = datetime.date(2016, 12, 30)
LAST_OPENING = datetime.date(2013, 3, 28)

BOOKS_MIN = 50
BOOKS_MAX = 500
CENT = Decimal("0.01")
# What an order may cost beyond its shares: its fee, and the rounding of the FX deal.
ROOM = Decimal("1.02")

TRANSACTION_COLUMNS = (
    "tx_id,date,type,symbol,quantity,price,currency,fees,taxes,net_cash,counter_currency,counter_amount,note"
).split(",")


def main():
    """Reads the arguments, writes the folders and says what was written."""
    parser = argparse.ArgumentParser(description="Makes book folders from the daily prices of 88 US-listed shares.")
    parser.add_argument("--data", type=pathlib.Path, required=True, help="folder with prices/ and fx/")
    parser.add_argument("--out", type=pathlib.Path, required=True, help="folder to write")
    parser.add_argument("--books", type=int, default=60, help=f"number of books, {BOOKS_MIN} to {BOOKS_MAX}")
    parser.add_argument("--seed", type=int, default=88, help="another seed makes other clients")
    arguments = parser.parse_args()
    if not BOOKS_MIN <= arguments.books <= BOOKS_MAX:
        parser.error(f"--books must be {BOOKS_MIN} to {BOOKS_MAX}")
    for name in (PRICES, RATES):
        if not (arguments.data / name).is_file():
            parser.error(f"{arguments.data} has no file {name}")

    books_folder = arguments.out / "books"
    ids = [f"{MARKET}-{number:02d}" for number in range(1, arguments.books + 1)]
    refuse_other_books(books_folder, ids)

    closes, volumes = read_closes(arguments.data / PRICES)
    rate_file = gzip.decompress((arguments.data / RATES).read_bytes())
    rates = read_dollar_rates(rate_file)

    quotes = write_market(arguments.out / "market", closes, volumes)
    (arguments.out / "eurofxref-hist.csv").write_bytes(rate_file)
    transactions = 0
    for number, book_id in enumerate(ids, start=1):
        book = Book(number, closes, rates, random.Random(f"{arguments.seed}/{number}"))
        book.run()
        transactions += write_book(books_folder / book_id, book_id, book)
    print(f"{arguments.out}: {len(closes)} instruments, {quotes} quotes, {len(ids)} books, {transactions} transactions")


def refuse_other_books(folder, ids):
    """Ends the program if the folder holds books that it does not write: an import would mix two sets."""
    others = sorted(entry.name for entry in folder.iterdir() if entry.name not in ids) if folder.is_dir() else []
    if others:
        sys.exit(f"{folder} holds {others[0]}, which is none of the books to write; remove the folder")


def read_closes(path):
    """Adjusted closes and volumes as the file has them, by symbol and date. A row without a price is no quote."""
    closes, volumes = {}, {}
    with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if row["adj_close"]:
                date = datetime.date.fromisoformat(row["date"])
                closes.setdefault(row["symbol"], {})[date] = row["adj_close"]
                volumes[row["symbol"], date] = row["volume"]
    return closes, volumes


def read_dollar_rates(content):
    """Dollars for one euro by date, from the ECB's wide file."""
    rows = csv.DictReader(content.decode("utf-8").splitlines())
    return {datetime.date.fromisoformat(row["Date"]): Decimal(row["USD"]) for row in rows if row["USD"] != "N/A"}


def write_market(folder, closes, volumes):
    """Writes the market folder and returns the number of quotes."""
    folder.mkdir(parents=True, exist_ok=True)
    description = {"id": MARKET, "title": "88 US-listed shares, September 2012 to September 2017", "synthetic": True}
    write_json(folder / "market.json", description)
    source = f"{pathlib.PurePath(PRICES).name}, adj_close"
    instruments = [(symbol, symbol, "USD", "1", "total", source) for symbol in sorted(closes)]
    write_csv(folder / "instruments.csv", "symbol,name,currency,price_scale,adjusted,source".split(","), instruments)
    quoted = ((date, symbol, close) for symbol in closes for date, close in closes[symbol].items())
    quotes = sorted((date, symbol, close, "USD", volumes[symbol, date]) for date, symbol, close in quoted)
    write_csv(folder / "prices.csv", "date,symbol,close,currency,volume".split(","), quotes)
    return len(quotes)


def write_book(folder, book_id, book):
    """Writes one book folder and returns the number of its transactions."""
    folder.mkdir(parents=True, exist_ok=True)
    description = {
        "id": book_id,
        "title": f"US 88 client {book.number:02d} ({book.base_currency})",
        "base_currency": book.base_currency,
        "start": book.start.isoformat(),
        "benchmark": None,
        "risk_free_annual": 0.01,
        "market": MARKET,
        "client_email": f"client-{book.number:02d}@example.org",
        "synthetic": True,
    }
    write_json(folder / "portfolio.json", description)
    rows = [(number, *transaction) for number, transaction in enumerate(book.transactions, start=1)]
    write_csv(folder / "transactions.csv", TRANSACTION_COLUMNS, rows)
    return len(rows)


def write_json(path, content):
    """Writes a JSON file that people can read."""
    path.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")


def write_csv(path, columns, rows):
    """Writes a CSV file with quotes where RFC 4180 needs them."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows(rows)


def rounded(amount):
    """An amount in cents, half away from zero."""
    return amount.quantize(CENT, ROUND_HALF_UP)


def plain(number):
    """A number without trailing zeros and without an exponent; nothing for None."""
    return "" if number is None else format(number.normalize(), "f")


class Book:
    """One made-up client: the plan, the balances and the transactions so far."""

    def __init__(self, number, closes, rates, dice):
        self.number = number
        self.closes = closes
        self.rates = rates
        self.dice = dice
        self.base_currency = "EUR" if number % 2 == 1 else "USD"
        self.cash = {"EUR": Decimal(0), "USD": Decimal(0)}
        self.shares = {}
        self.transactions = []
        # Orders that wait for a day on which they can be executed: (earliest date, symbol, budget, unit of shares).
        self.orders = []
        self.savings_made = 0

        trading_days = sorted({date for by_date in closes.values() for date in by_date})
        self.trading_days = {date for date in trading_days if FIRST_DATE <= date <= LAST_DATE}
        openings = [date for date in sorted(self.trading_days) if date <= LAST_OPENING]
        self.start = dice.choice(openings)
        quoted = sorted(symbol for symbol in closes if self.start in closes[symbol])
        self.basket = dice.sample(quoted, dice.randint(6, 15))
        self.deposit = Decimal(dice.randint(20, 300) * 1000)
        self.savings = Decimal(dice.randint(2, 30) * 50)
        self.savings_day = dice.randint(1, 28)
        self.withdraws = dice.random() < 0.3

    def run(self):
        """Lives through every calendar day, because savings also arrive on weekends and holidays."""
        self.open_account()
        date = self.start
        while date <= LAST_DATE:
            if date.day == self.savings_day and self.start + datetime.timedelta(days=20) <= date:
                self.save(date)
            if date in self.trading_days and date in self.rates and date != self.start:
                self.rebalance(date)
                self.withdraw(date)
            self.execute_orders(date)
            date += datetime.timedelta(days=1)

    def open_account(self):
        """Pays in the first deposit and orders the basket for 95 percent of it."""
        self.book(self.start, "DEPOSIT", self.base_currency, self.deposit, note="account opened")
        weights = [self.dice.randint(50, 150) for _ in self.basket]
        for symbol, weight in zip(self.basket, weights):
            earliest = self.start + datetime.timedelta(days=self.dice.randint(0, 12))
            budget = self.deposit * Decimal("0.95") * weight / sum(weights)
            self.orders.append((earliest, symbol, budget, Decimal(1)))

    def save(self, date):
        """Pays in the monthly amount, whatever day it is, and orders one instrument of the basket for it."""
        note = "savings plan" if date in self.trading_days else "savings plan; no trading on this day"
        self.book(date, "DEPOSIT", self.base_currency, self.savings, note=note)
        symbol = self.basket[self.savings_made % len(self.basket)]
        self.orders.append((date, symbol, self.savings * Decimal("0.99"), Decimal("0.001")))
        self.savings_made += 1

    def rebalance(self, date):
        """About every five months: sells a part of the largest position and orders the smallest one."""
        happens = self.dice.random() < 0.01
        by_value = sorted(self.shares, key=lambda symbol: (self.value(symbol, date), symbol))
        if not happens or len(by_value) < 3:
            return
        largest, smallest = by_value[-1], by_value[0]
        part = Decimal(self.dice.randint(15, 35)) / 100
        quantity = (self.shares[largest] * part).quantize(Decimal(1), ROUND_DOWN)
        if quantity <= 0:
            return
        proceeds = self.sell(date, largest, quantity, "rebalancing")
        if self.base_currency == "EUR" and self.dice.random() < 0.5:
            self.sell_dollars(date)
        self.orders.append((date, smallest, self.in_base(proceeds, date) * Decimal("0.95"), Decimal(1)))

    def withdraw(self, date):
        """For some clients about twice a year: sells for a round amount if need be, and takes it out."""
        happens = self.dice.random() < 0.008
        if not (self.withdraws and happens):
            return
        amount = Decimal(self.dice.randint(2, 20) * 100)
        for symbol in sorted(self.shares, key=lambda symbol: (self.value(symbol, date), symbol), reverse=True):
            missing = amount - self.cash[self.base_currency]
            if missing <= 0:
                break
            price = self.quote(symbol, date)
            if price is not None:
                wanted = (self.in_dollars(missing, date) * ROOM + 10) / price
                self.sell(date, symbol, min(self.shares[symbol], wanted.quantize(Decimal(1)) + 1), "to provide cash")
                if self.base_currency == "EUR":
                    self.sell_dollars(date)
        if amount <= self.cash[self.base_currency]:
            self.book(date, "WITHDRAWAL", self.base_currency, -amount)

    def execute_orders(self, date):
        """Buys what is due and quoted; a euro book also waits for a day with an ECB rate."""
        waiting = []
        for order in self.orders:
            earliest, symbol, budget, unit = order
            is_possible = date in self.rates or self.base_currency == "USD"
            if earliest <= date and is_possible and self.quote(symbol, date) is not None:
                self.buy(date, symbol, budget, unit)
            else:
                waiting.append(order)
        self.orders = waiting

    def buy(self, date, symbol, budget, unit):
        """Buys for a budget in the base currency, after an FX deal if dollars are short. Never overdraws."""
        price = self.quote(symbol, date)
        quantity = ((self.in_dollars(budget, date) - 5) / (price * ROOM)).quantize(unit, ROUND_DOWN)
        if quantity <= 0:
            return
        fees = order_fee(quantity * price)
        cost = rounded(quantity * price + fees)
        missing = cost - self.cash["USD"]
        if 0 < missing and self.base_currency == "EUR":
            euros = rounded(missing / self.rates[date])
            if self.cash["EUR"] < euros:
                return
            self.book(date, "FX", "EUR", -euros, counter=("USD", missing), note="ECB reference rate of the day")
        elif 0 < missing:
            return
        self.shares[symbol] = self.shares.get(symbol, Decimal(0)) + quantity
        self.book(date, "BUY", "USD", -cost, symbol=symbol, quantity=quantity, price=price, fees=fees)

    def sell(self, date, symbol, quantity, note):
        """Sells at the day's close and returns the proceeds in dollars; nothing if there is no quote."""
        price = self.quote(symbol, date)
        if price is None:
            return Decimal(0)
        fees = order_fee(quantity * price)
        proceeds = rounded(quantity * price - fees)
        self.shares[symbol] -= quantity
        if not self.shares[symbol]:
            del self.shares[symbol]
        self.book(date, "SELL", "USD", proceeds, symbol=symbol, quantity=quantity, price=price, fees=fees, note=note)
        return proceeds

    def sell_dollars(self, date):
        """Exchanges all dollars for euros at the ECB rate of the day."""
        dollars = self.cash["USD"]
        euros = rounded(dollars / self.rates[date])
        if 0 < euros:
            note = "ECB reference rate of the day"
            self.book(date, "FX", "USD", -dollars, counter=("EUR", euros), note=note)

    def book(self, date, kind, currency, net_cash, *, symbol="", quantity=None, price=None, fees=Decimal(0),
             counter=None, note=""):
        """Adds a transaction and changes the cash."""
        counter_currency, counter_amount = counter or ("", None)
        self.cash[currency] += net_cash
        if counter:
            self.cash[counter_currency] += counter_amount
        numbers = [plain(number) for number in (quantity, price)]
        amounts = [plain(number) for number in (fees, Decimal(0), net_cash)]
        other = [counter_currency, plain(counter_amount)]
        self.transactions.append([date.isoformat(), kind, symbol, *numbers, currency, *amounts, *other, note])

    def quote(self, symbol, date):
        """The close of a day; none if the instrument is not quoted."""
        close = self.closes[symbol].get(date)
        return None if close is None else Decimal(close)

    def value(self, symbol, date):
        """What a position is worth in dollars; nothing on a day without a quote, so that it is not traded."""
        price = self.quote(symbol, date)
        return Decimal(0) if price is None else self.shares[symbol] * price

    def in_dollars(self, amount, date):
        """An amount of the base currency in dollars, at the rate of the day."""
        return amount if self.base_currency == "USD" else amount * self.rates[date]

    def in_base(self, dollars, date):
        """Dollars in the base currency, at the rate of the day."""
        return dollars if self.base_currency == "USD" else dollars / self.rates[date]


def order_fee(value):
    """0.1 percent, at least five dollars, but never more than one percent."""
    return rounded(min(max(value * Decimal("0.001"), Decimal(5)), value * Decimal("0.01")))


if __name__ == "__main__":
    main()
