//! The words of the tax report.

use super::words::{labels, sentences};

labels! {
/// A short text of the tax report.
TaxLabel {
    // Headings.
    Totals =
        "Totals, {currency}", "Totaux, {currency}", "Summen, {currency}", "Totales, {currency}", "Totali, {currency}";
    GainsByMethod =
        "Realised gains by cost basis method, {currency}",
        "Plus-values réalisées par méthode de prix de revient, {currency}",
        "Realisierte Gewinne nach Verbrauchsfolgeverfahren, {currency}",
        "Ganancias realizadas por método de coste, {currency}",
        "Plusvalenze realizzate per metodo di costo, {currency}";
    Disposals =
        "Disposals and the lots that they closed", "Cessions et lots cédés", "Veräußerungen und verbrauchte Posten",
        "Transmisiones y lotes cerrados", "Cessioni e lotti chiusi";
    RuleChanges =
        "Changed by rules that look ahead", "Modifications dues à des règles prospectives",
        "Durch vorausschauende Regeln geändert", "Modificado por reglas prospectivas",
        "Modifiche da regole prospettiche";
    TakenOut =
        "Securities taken out without a sale", "Titres transférés hors du portefeuille, sans cession",
        "Ohne Verkauf ausgebuchte Wertpapiere", "Valores traspasados sin venta", "Titoli trasferiti senza cessione";
    IncomeInPeriod =
        "Income in the period", "Revenus de la période", "Erträge im Zeitraum", "Rendimientos del período",
        "Redditi del periodo";
    IncomeByCountry =
        "Income by country and kind, {currency}", "Revenus par pays et par nature, {currency}",
        "Erträge nach Land und Art, {currency}", "Rendimientos por país y tipo, {currency}",
        "Redditi per paese e tipo, {currency}";
    WithholdingByInstrument =
        "Withholding tax by instrument, {currency}", "Retenues à la source par titre, {currency}",
        "Quellensteuer nach Wertpapier, {currency}", "Retenciones por valor, {currency}",
        "Ritenute per titolo, {currency}";
    OtherTaxes =
        "Other taxes paid", "Autres impôts et taxes acquittés", "Sonstige gezahlte Steuern", "Otros impuestos pagados",
        "Altre imposte pagate";
    ReturnOfCapital =
        "Return of capital", "Remboursements de capital", "Kapitalrückzahlungen", "Devoluciones de capital",
        "Rimborsi di capitale";
    ComparedWithBooks =
        "Comparison with the books, {currency}", "Rapprochement avec la comptabilité, {currency}",
        "Abgleich mit den Büchern, {currency}", "Comparación con los libros, {currency}",
        "Confronto con i libri, {currency}";
    ReadFirst =
        "Read first", "À lire en premier", "Bitte zuerst lesen", "Lea primero", "Da leggere prima";

    // Heads of columns.
    Sold = "Sold", "Cédé le", "Verkauft", "Vendido", "Ceduto";
    Acquired = "Acquired", "Acquis le", "Erworben", "Adquirido", "Acquisito";
    DaysHeld = "Days", "Jours", "Tage", "Días", "Giorni";
    Term = "Term", "Durée", "Frist", "Plazo", "Durata";
    Proceeds = "Proceeds", "Produit", "Erlös", "Importe", "Ricavo";
    Cost = "Cost", "Prix de revient", "Kosten", "Coste", "Costo";
    ProceedsIn =
        "Proceeds {currency}", "Produit {currency}", "Erlös {currency}", "Importe {currency}", "Ricavo {currency}";
    CostIn =
        "Cost {currency}", "Prix de revient {currency}", "Kosten {currency}", "Coste {currency}", "Costo {currency}";
    GainIn =
        "Gain {currency}", "Plus-value {currency}", "Gewinn {currency}", "Ganancia {currency}",
        "Plusvalenza {currency}";
    Method = "Method", "Méthode", "Verfahren", "Método", "Metodo";
    Gains = "Gains", "Plus-values", "Gewinne", "Ganancias", "Plusvalenze";
    Losses = "Losses", "Moins-values", "Verluste", "Pérdidas", "Minusvalenze";
    ByRules = "By rules", "Par règles", "Durch Regeln", "Por reglas", "Da regole";
    Net = "Net", "Net", "Saldo", "Neto", "Netto";
    Country = "Country", "Pays", "Land", "País", "Paese";
    Gross = "Gross", "Brut", "Brutto", "Bruto", "Lordo";
    Withheld = "Withheld", "Retenu", "Einbehalten", "Retenido", "Trattenuto";
    GrossIn = "Gross {currency}", "Brut {currency}", "Brutto {currency}", "Bruto {currency}", "Lordo {currency}";
    WithheldIn =
        "Withheld {currency}", "Retenu {currency}", "Einbehalten {currency}", "Retenido {currency}",
        "Trattenuto {currency}";
    Reclaimed = "Reclaimed", "Récupéré", "Erstattet", "Recuperado", "Recuperato";
    Rule = "Rule", "Règle", "Regel", "Regla", "Regola";
    Disposed = "Disposal of", "Cession du", "Veräußerung vom", "Transmisión del", "Cessione del";
    MatchedWith = "Matched with", "Rapproché de", "Zugeordnet zu", "Emparejado con", "Abbinato a";
    InReport = "In this report", "Dans ce relevé", "In diesem Bericht", "En este informe", "In questo rendiconto";
    InBooks = "In the books", "En comptabilité", "In den Büchern", "En los libros", "Nei libri";
    Difference = "Difference", "Écart", "Differenz", "Diferencia", "Differenza";

    // Names of rows.
    NetRealised =
        "Net realised gain", "Plus-value nette réalisée", "Realisierter Gewinn, netto", "Ganancia neta realizada",
        "Plusvalenza netta realizzata";
    NetOfTerm =
        "Of it {term}", "Dont {term}", "Davon {term}", "De ella {term}", "Di cui {term}";
    ShortTerm = "short-term", "court terme", "kurzfristig", "a corto plazo", "a breve termine";
    LongTerm = "long-term", "long terme", "langfristig", "a largo plazo", "a lungo termine";
    OfKind = "{name} ({kind})", "{name} ({kind})", "{name} ({kind})", "{name} ({kind})", "{name} ({kind})";
    InsideOf =
        "{kind}, inside the booking", "{kind}, compris dans l’opération", "{kind}, in der Buchung enthalten",
        "{kind}, incluido en la operación", "{kind}, incluso nell’operazione";
    WithheldNet =
        "Withholding tax less reclaims", "Retenues à la source, récupérations déduites",
        "Quellensteuer abzüglich Erstattungen", "Retenciones menos recuperaciones", "Ritenute al netto dei recuperi";
    NoInstrument =
        "no instrument", "sans titre", "ohne Wertpapier", "sin valor", "senza titolo";
}
}

sentences! {
/// A sentence of the tax report, or a phrase that stands for one.
TaxSentence {
    NoTaxAdvice =
        "This report is no tax advice and no tax return. Its figures follow from what was booked in the portfolio and \
         from the cost basis method that was chosen for it; what is taxable, and when, a tax adviser or the tax office \
         decides.",
        "Ce récapitulatif ne constitue ni un conseil fiscal ni une déclaration. Ses montants résultent des opérations \
         comptabilisées dans le portefeuille et de la méthode de prix de revient retenue ; l’imposition relève de \
         l’appréciation d’un conseiller fiscal ou de l’administration.";
    Covers =
        "It covers the bookings that take effect from {first} to {last}. One that is dated on a day without a \
         valuation takes effect on the next day that has one. Amounts in base currency are in {currency}.",
        "Il couvre les opérations qui prennent effet du {first} au {last}. Une opération datée d’un jour sans \
         valorisation prend effet à la date de valorisation suivante. Les montants en devise de référence sont en \
         {currency}.";
    MethodIs = "Cost basis method: {method}.", "Méthode de prix de revient : {method}.";
    MeaningOfLots =
        "Disposals: each line is a lot, or a part of one, that a disposal closed. Proceeds are net of the charges of \
         the sale, cost is with those of the purchase; in {currency} each is at the rate of its own day. The gain is \
         proceeds less cost.",
        "Cessions : chaque ligne est un lot, ou une partie de lot, cédé par une opération. Le produit s’entend net des \
         frais de cession, le prix de revient frais d’acquisition compris ; en {currency}, chacun est converti au taux \
         de change de sa propre date. La plus-value est le produit moins le prix de revient.";
    MeaningOfDays =
        "Days: calendar days from the day of acquisition to that of the disposal.",
        "Jours : jours calendaires entre l’acquisition et la cession.";
    MeaningOfTerm =
        "Term: short-term up to one year, long-term beyond (26 USC 1222); told only under methods of a law that \
         distinguishes.",
        "Durée : court terme jusqu’à un an, long terme au-delà (26 USC 1222) ; indiquée uniquement pour les méthodes \
         d’un droit qui fait cette distinction.";
    MeaningOfRules =
        "Changed by rules: what a rule that looks ahead changed in this period about the gain of a disposal of this \
         period or an earlier one; it is a part of the net realised gain.",
        "Modifications dues à des règles : ce qu’une règle prospective a modifié pendant la période dans la plus-value \
         d’une cession de la période ou d’une période antérieure ; elles font partie de la plus-value nette.";
    RuleWashSale =
        "Wash sale: the loss of units that were bought again from 30 days before to 30 days after their sale is \
         disallowed and added to the basis of the new units (26 USC 1091, IRS Publication 550).",
        "Wash sale : la moins-value sur des titres rachetés entre 30 jours avant et 30 jours après leur cession n’est \
         pas admise et s’ajoute au prix de revient des nouveaux titres (26 USC 1091, publication 550 de l’IRS).";
    RuleBedAndBreakfast =
        "Bed and breakfast: a sale is matched with acquisitions of the 30 days after it, before the section 104 \
         holding (TCGA 1992 s. 106A, HMRC CG51560).",
        "Bed and breakfast : une cession est rapprochée des acquisitions des 30 jours suivants, avant le pool de la \
         section 104 (TCGA 1992 s. 106A, HMRC CG51560).";
    RuleSuperficialLoss =
        "Superficial loss: the loss of units that were acquired from 30 days before to 30 days after the sale and are \
         still held then is denied and added to the adjusted cost base (Income Tax Act s. 40(2)(g)(i), 53(1)(f), 54).",
        "Perte apparente : la perte sur des titres acquis entre 30 jours avant et 30 jours après la vente et encore \
         détenus à ce terme est refusée et s’ajoute au prix de base rajusté (Loi de l’impôt sur le revenu, art. \
         40(2)g)(i), 53(1)f), 54).";
    MeaningOfTakenOut =
        "Securities taken out: they left the portfolio without a sale, so nothing was realised; their lots are listed \
         for whoever received them.",
        "Titres transférés : ils ont quitté le portefeuille sans cession, rien n’a donc été réalisé ; leurs lots sont \
         indiqués pour le nouveau teneur de compte.";
    MeaningOfIncome =
        "Income: gross amounts, before the tax withheld from them and before fees. Income in kind counts at the price \
         of its booking. Accrued interest is what was received with sales of bonds less what was paid with purchases.",
        "Revenus : montants bruts, avant retenue à la source et frais. Les revenus en nature comptent au cours de leur \
         opération. Les intérêts courus sont ceux encaissés lors de ventes d’obligations, moins ceux payés lors \
         d’achats.";
    MeaningOfCountry =
        "Country: the one that the market names for the instrument in its taxonomy `country`. It need not be the \
         country that taxes the income.",
        "Pays : celui que le marché attribue au titre dans sa taxonomie « country ». Ce n’est pas nécessairement celui \
         qui impose le revenu.";
    MeaningOfWithholding =
        "Withholding tax: what was withheld from income, inside its booking or apart, less what came back.",
        "Retenues à la source : impôt retenu sur les revenus, dans leur opération ou à part, moins ce qui a été \
         récupéré.";
    MeaningOfOtherTaxes =
        "Other taxes: stamp duties, transaction taxes and taxes without a kind of their own. What is inside a purchase \
         or a sale is also inside its cost or proceeds.",
        "Autres impôts et taxes : droits de timbre, taxes sur les transactions et impôts sans nature propre. Ce qui \
         est compris dans un achat ou une vente l’est aussi dans son prix de revient ou son produit.";
    MeaningOfCapital =
        "Return of capital: it lowers the cost of the units held; only what is beyond their cost is a realised gain.",
        "Remboursement de capital : il réduit le prix de revient des titres détenus ; seul ce qui l’excède est une \
         plus-value réalisée.";
    MeaningOfBooks =
        "Comparison with the books: the sum of what is printed here beside what the books of the portfolio have for \
         the period. A difference of cents is rounding; bookings that take effect on a valuation date of another \
         period make a larger one.",
        "Rapprochement avec la comptabilité : somme des montants imprimés ici, en regard de ce que la comptabilité du \
         portefeuille retient pour la période. Un écart de quelques centimes provient des arrondis ; des opérations \
         qui prennent effet à une date de valorisation d’une autre période expliquent un écart plus important.";
    MeaningOfTotals =
        "Totals are sums of the printed figures.", "Les totaux sont les sommes des montants imprimés.";
    TakenBackLeftOut =
        "Bookings that were taken back count on no day and are left out: {count}.",
        "Les opérations extournées ne comptent à aucune date et ne figurent pas ici : {count}.";

    // Reasons.
    LotsNotRecorded =
        "no lot was closed, or the lots were not recorded when this was booked",
        "aucun lot n’a été cédé, ou les lots n’ont pas été enregistrés lors de la comptabilisation";
    NotInBase =
        "it is not known in {currency}: a rate is missing, or it was not recorded when this was booked",
        "montant inconnu en {currency} : un taux de change manque, ou il n’a pas été enregistré lors de la \
         comptabilisation";
    NotKnown = "it is not known", "montant inconnu";
    NoRateOfDay =
        "there is no rate from {from} to {to} of that day or the {days} days before",
        "aucun taux de change de {from} en {to} n’existe à cette date ni dans les {days} jours qui précèdent";
    CountryNotKnown = "the market names no country of the instrument", "le marché n’indique pas de pays pour ce titre";
    SeveralCountries = "the instrument is in several countries", "le titre relève de plusieurs pays";
    BorrowerNotKnown =
        "paid by the borrower of securities, whom no booking names",
        "payé par l’emprunteur des titres, qu’aucune écriture ne nomme";
    ValueNotOnBooking =
        "the booking names no price: the units count at their close of the day, which is inside the total of the books",
        "l’opération n’indique pas de cours : les titres comptent à leur clôture du jour, comprise dans le total de la \
         comptabilité";
}
}
