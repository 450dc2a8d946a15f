//! The words of the list of transactions.

use super::words::{labels, sentences};

labels! {
/// A short text of the list of transactions.
ListLabel {
    TransactionsFromTo =
        "Transactions from {from} to {to}", "Opérations du {from} au {to}", "Transaktionen vom {from} bis {to}",
        "Operaciones del {from} al {to}", "Operazioni dal {from} al {to}";
    ByKind =
        "Totals by kind and currency", "Totaux par nature et par devise", "Summen nach Art und Währung",
        "Totales por tipo y divisa", "Totali per tipo e valuta";
    CashByCurrency =
        "Cash from {from} to {to}", "Liquidités du {from} au {to}", "Liquidität vom {from} bis {to}",
        "Efectivo del {from} al {to}", "Liquidità dal {from} al {to}";
    Settles = "Settles", "Dénouement", "Abwicklung", "Liquidación", "Regolamento";
    CashAtStart =
        "Balance at start", "Solde initial", "Anfangssaldo", "Saldo inicial", "Saldo iniziale";
    CashAtEnd = "Balance at end", "Solde final", "Endsaldo", "Saldo final", "Saldo finale";
    CameIn = "In", "Crédits", "Eingänge", "Entradas", "Entrate";
    WentOut = "Out", "Débits", "Ausgänge", "Salidas", "Uscite";
    Rounding = "Rounding", "Arrondi", "Rundung", "Redondeo", "Arrotondamento";
    Count = "Count", "Nombre", "Anzahl", "Número", "Numero";
}
}

sentences! {
/// A sentence of the list of transactions.
ListSentence {
    NothingBooked =
        "Nothing was booked in the period, and there was no cash.",
        "Aucune opération n’a été enregistrée au cours de la période, et il n’y avait pas de liquidités.";
    NoRateForBooking =
        "there is no rate from {from} to {to} on {date} or in the {days} days before",
        "aucun taux de change de {from} en {to} n’existe au {date} ni dans les {days} jours précédents";
    NoBalanceAtStart =
        "the portfolio was not valued on or before {date}, so the balance at start is not known",
        "le portefeuille n’a été valorisé ni au {date} ni avant : le solde initial n’est pas connu";
    BalanceNotKnown =
        "the balance at start or a cash movement before is not known",
        "le solde initial ou un mouvement antérieur n’est pas connu";
    NoBalanceAtEnd = "the balance on {date} has no value", "le solde au {date} n’a pas de valeur";
    WhatIsListed =
        "Listed is every booking whose trade date lies in the period, in the order of booking, and the cash and \
         units that corporate actions brought without a booking of their own. An exchange of currencies has two lines.",
        "Figurent dans la liste toutes les écritures dont la date de négociation est comprise dans la période, dans \
         l’ordre d’enregistrement, ainsi que les espèces et les titres issus d’opérations sur titres sans écriture \
         propre. Un change occupe deux lignes.";
    WhatSettledMeans =
        "Settles: the day on which cash and securities change hands, where it is another than the date.",
        "Dénouement : jour où les espèces et les titres sont échangés, s’il diffère de la date.";
    WhatCashMeans =
        "Cash: what moved on the account of the currency, after fees and taxes, which are inside it.",
        "Espèces : mouvement du compte dans la devise, frais et taxes compris.";
    WhatBalanceMeans =
        "Balance: the account of the line’s currency after the line, by trade date. It is exact and rounded when it \
         is printed; at the end it is the balance of the positions of {date}, without which there would be no list.",
        "Solde : solde du compte dans la devise de la ligne après celle-ci, en date de négociation. Il est exact et \
         arrondi à l’impression ; le dernier est le solde des positions au {date}, faute de quoi la liste ne serait \
         pas établie.";
    WhatBaseMeans =
        "Amount {currency}: the cash at the exchange rate of its date, or the last one up to {days} days before; \
         contributions and withdrawals as in the performance; an exchange into or out of {currency} at its own rate.",
        "Montant {currency} : espèces converties au taux de change de la date, ou au dernier taux des {days} jours \
         précédents ; les apports et retraits comme dans la performance ; un change contre {currency} à son propre \
         taux.";
    WhatTakenBackMeans =
        "A reversal takes back an earlier booking. What was taken back counts on no day: if booking and reversal do \
         not lie in one period, their lines have no cash.",
        "Une extourne annule une écriture antérieure. Ce qui est extourné ne compte à aucune date : si l’écriture et \
         son extourne ne sont pas de la même période, leurs lignes n’ont pas de montant en espèces.";
    WhatTotalsMean =
        "Totals are sums of the printed figures; rounding is what is left between them and the balances.",
        "Les totaux sont les sommes des montants imprimés ; l’arrondi est l’écart qui subsiste avec les soldes.";
}
}
