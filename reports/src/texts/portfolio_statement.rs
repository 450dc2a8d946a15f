//! The words that only the portfolio statement has.

use super::words::{labels, sentences};

labels! {
/// A short text of the portfolio statement.
StatementLabel {
    CashOverPeriod =
        "Cash at start and at end", "Liquidités en début et en fin de période", "Liquidität zu Beginn und am Ende",
        "Efectivo al inicio y al final", "Liquidità all’inizio e alla fine";
    Charges =
        "Fees and charges, {currency}", "Frais et commissions, {currency}", "Gebühren und Kosten, {currency}",
        "Comisiones y gastos, {currency}", "Commissioni e spese, {currency}";
    ExecutionCosts =
        "Costs of execution", "Coûts d’exécution", "Kosten der Ausführung", "Costes de ejecución",
        "Costi di esecuzione";
    OtherCharges =
        "Other fees and charges", "Autres frais et commissions", "Sonstige Gebühren und Kosten",
        "Otras comisiones y gastos", "Altre commissioni e spese";
    Income =
        "Dividends, interest and other payments received, {currency}",
        "Dividendes, intérêts et autres paiements reçus, {currency}",
        "Dividenden, Zinsen und sonstige erhaltene Zahlungen, {currency}",
        "Dividendos, intereses y otros pagos recibidos, {currency}",
        "Dividendi, interessi e altri pagamenti ricevuti, {currency}";
    BenchmarkReturn =
        "Benchmark, same period", "Indice de référence, même période", "Benchmark, gleicher Zeitraum",
        "Índice de referencia, mismo período", "Benchmark, stesso periodo";
    Orders =
        "Executed orders of the period", "Ordres exécutés sur la période", "Ausgeführte Aufträge des Zeitraums",
        "Órdenes ejecutadas en el período", "Ordini eseguiti nel periodo";
    BeyondBenchmark =
        "Difference to the benchmark", "Écart avec l’indice de référence", "Differenz zur Benchmark",
        "Diferencia con el índice de referencia", "Differenza dal benchmark";
}
}

sentences! {
/// A sentence of the portfolio statement.
StatementSentence {
    MeaningOfCharges =
        "Fees and charges: what was booked, charges inside trades among them, less refunds. Costs of execution: \
         brokerage, fees of exchanges, stamp duties and taxes on trades. A more detailed breakdown is available on \
         request.",
        "Frais et commissions : ceux comptabilisés, y compris dans les opérations, remboursements déduits. Coûts \
         d’exécution : courtage, frais de marché, droits de timbre et taxes sur les transactions. Un détail plus \
         complet est fourni sur demande.";
    MeaningOfIncome =
        "Payments received: before the tax withheld from them.",
        "Paiements reçus : avant l’impôt retenu à la source.";
    MeaningOfBenchmark =
        "the returns of the agreed benchmark in the base currency, linked over the days on which the portfolio has a \
         return; it bears no fees and no taxes",
        "performances de l’indice de référence convenu, dans la devise de référence, chaînées sur les jours où le \
         portefeuille a une performance ; il ne supporte ni frais ni impôts";
    MeaningOfDifference =
        "the time-weighted return less that of the benchmark, as printed",
        "performance pondérée par le temps moins celle de l’indice, telles qu’imprimées";
}
}
