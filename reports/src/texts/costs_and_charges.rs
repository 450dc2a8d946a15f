//! The words of the annual statement of costs and charges. Its items are called as Annex II of Delegated Regulation
//! (EU) 2017/565 calls them in each language.

use super::words::{labels, sentences};

labels! {
/// A short text of the statement of costs and charges.
CostLabel {
    // Headings.
    KeyFigures =
        "Costs and charges, {currency}", "Coûts et frais, {currency}", "Kosten und Nebenkosten, {currency}",
        "Costes y gastos, {currency}", "Costi e oneri, {currency}";
    ServiceCosts =
        "1. Costs of services", "1. Coûts des services", "1. Kosten der Dienstleistungen", "1. Costes de los servicios",
        "1. Costi dei servizi";
    InstrumentCosts =
        "2. Costs of financial instruments", "2. Coûts des instruments financiers",
        "2. Kosten der Finanzinstrumente", "2. Costes de los instrumentos financieros",
        "2. Costi degli strumenti finanziari";
    ThirdParties =
        "3. Payments received from third parties", "3. Paiements reçus de tiers", "3. Zahlungen von Dritten",
        "3. Pagos recibidos de terceros", "3. Pagamenti ricevuti da terzi";
    GrandTotal =
        "4. Grand total", "4. Total général", "4. Gesamtkosten", "4. Total", "4. Totale";
    InCurrencies =
        "5. Costs in other currencies", "5. Coûts en devises", "5. Kosten in anderen Währungen",
        "5. Costes en otras divisas", "5. Costi in altre valute";
    Exchanges =
        "Exchanges of currencies", "Opérations de change", "Währungsumtausch", "Cambios de divisa", "Cambi di valuta";
    EffectOnReturn =
        "6. Effect of costs on the return", "6. Incidence des coûts sur le rendement",
        "6. Auswirkung der Kosten auf die Rendite", "6. Efecto de los costes en la rentabilidad",
        "6. Effetto dei costi sulla redditività";
    CumulativeEffect =
        "Cumulative return before and after costs", "Rendement cumulé avant et après coûts",
        "Kumulierte Rendite vor und nach Kosten", "Rentabilidad acumulada antes y después de costes",
        "Rendimento cumulato al lordo e al netto dei costi";
    AboutTheEffect =
        "How costs fall over the year", "Répartition des coûts dans l’année", "Verteilung der Kosten über das Jahr",
        "Distribución de los costes en el año", "Distribuzione dei costi nell’anno";
    ByKind =
        "Costs of services by kind of booking", "Coûts des services par nature d’opération",
        "Kosten der Dienstleistungen nach Buchungsart", "Costes de los servicios por tipo de apunte",
        "Costi dei servizi per tipo di registrazione";
    ByInstrument =
        "Costs by instrument", "Coûts par instrument", "Kosten nach Instrument", "Costes por instrumento",
        "Costi per strumento";
    WithoutCosts =
        "Instruments whose costs are not known", "Instruments dont les coûts ne sont pas connus",
        "Instrumente, deren Kosten nicht bekannt sind", "Instrumentos cuyos costes no se conocen",
        "Strumenti i cui costi non sono noti";
    YourRights =
        "7. Your right to a breakdown", "7. Votre droit à une ventilation", "7. Ihr Recht auf eine Aufstellung",
        "7. Su derecho a un desglose", "7. Il suo diritto a un dettaglio";

    // Heads of columns.
    Point = "Point", "Point", "Punkt", "Punto", "Punto";
    Item = "Item", "Poste", "Posten", "Concepto", "Voce";
    OfAverage =
        "Of average value", "De la valeur moyenne", "Vom Durchschnittswert", "Del valor medio", "Del valore medio";
    AverageIn =
        "Average value {currency}", "Valeur moyenne {currency}", "Durchschnittswert {currency}",
        "Valor medio {currency}", "Valore medio {currency}";
    OneOff = "One-off", "Ponctuels", "Einmalig", "Únicos", "Una tantum";
    Ongoing = "Ongoing", "Récurrents", "Laufend", "Corrientes", "Correnti";
    Transaction = "Transaction", "Transactions", "Transaktion", "Operaciones", "Operazioni";
    Incidental = "Incidental", "Marginaux", "Nebenkosten", "Accesorios", "Accessori";
    AverageRate =
        "Average rate", "Taux moyen", "Durchschnittskurs", "Tipo medio", "Cambio medio";
    Deals = "Deals", "Opérations", "Geschäfte", "Operaciones", "Operazioni";

    // Items of Annex II.
    ServiceOneOff =
        "One-off charges", "Frais ponctuels", "Einmalige Kosten", "Gastos únicos", "Spese una tantum";
    ServiceOngoing =
        "Ongoing charges", "Frais récurrents", "Fortlaufende Kosten", "Gastos corrientes", "Spese correnti";
    ServiceTransaction =
        "Costs related to transactions", "Coûts associés aux transactions", "Kosten im Zusammenhang mit Geschäften",
        "Costes relacionados con las operaciones", "Costi relativi alle operazioni";
    ServiceAncillary =
        "Charges related to ancillary services", "Frais associés aux services auxiliaires",
        "Kosten im Zusammenhang mit Nebendienstleistungen", "Gastos relacionados con servicios auxiliares",
        "Spese relative ai servizi accessori";
    ServiceIncidental =
        "Incidental costs", "Coûts marginaux", "Nebenkosten", "Costes accesorios", "Costi accessori";
    InstrumentTransaction =
        "Costs related to the transactions", "Coûts associés aux transactions",
        "Kosten im Zusammenhang mit den Geschäften", "Costes relacionados con las operaciones",
        "Costi relativi alle operazioni";

    // Names of rows.
    AverageValue =
        "Average portfolio value", "Valeur moyenne du portefeuille", "Durchschnittlicher Portfoliowert",
        "Valor medio de la cartera", "Valore medio del portafoglio";
    TotalCosts =
        "Total costs and charges", "Total des coûts et frais", "Gesamtkosten", "Total de costes y gastos",
        "Totale costi e oneri";
    CostsInShort = "Costs and charges", "Coûts et frais", "Kosten", "Costes y gastos", "Costi e oneri";
    CostsKnown = "Costs that are known", "Coûts connus", "Bekannte Kosten", "Costes conocidos", "Costi noti";
    TotalOfKnown =
        "Total without instruments whose costs are not known",
        "Total hors instruments dont les coûts ne sont pas connus",
        "Summe ohne Instrumente, deren Kosten nicht bekannt sind",
        "Total sin instrumentos cuyos costes no se conocen", "Totale esclusi gli strumenti i cui costi non sono noti";
    OfServices = "Services", "Services", "Dienstleistungen", "Servicios", "Servizi";
    OfInstruments = "Instruments", "Instruments", "Instrumente", "Instrumentos", "Strumenti";
    ReceivedFromThirdParties =
        "Payments received from third parties", "Paiements reçus de tiers", "Zahlungen von Dritten",
        "Pagos recibidos de terceros", "Pagamenti ricevuti da terzi";
    BeforeCosts =
        "Return before fees and taxes", "Rendement avant frais et impôts", "Rendite vor Gebühren und Steuern",
        "Rentabilidad antes de comisiones e impuestos", "Rendimento al lordo di commissioni e imposte";
    AfterFees =
        "Return after fees, before taxes", "Rendement après frais, avant impôts",
        "Rendite nach Gebühren, vor Steuern", "Rentabilidad después de comisiones, antes de impuestos",
        "Rendimento al netto delle commissioni, al lordo delle imposte";
    AfterTaxes =
        "Return after fees and taxes", "Rendement après frais et impôts", "Rendite nach Gebühren und Steuern",
        "Rentabilidad después de comisiones e impuestos", "Rendimento al netto di commissioni e imposte";
    EffectOfFees =
        "Effect of fees", "Incidence des frais", "Auswirkung der Gebühren", "Efecto de las comisiones",
        "Effetto delle commissioni";
    EffectOfTaxes =
        "Effect of taxes", "Incidence des impôts", "Auswirkung der Steuern", "Efecto de los impuestos",
        "Effetto delle imposte";
    EffectOfInstruments =
        "Costs of instruments, inside all three", "Coûts des instruments, compris dans les trois",
        "Kosten der Instrumente, in allen drei enthalten", "Costes de los instrumentos, incluidos en las tres",
        "Costi degli strumenti, inclusi in tutti e tre";
    Before = "Before fees", "Avant frais", "Vor Gebühren", "Antes de comisiones", "Al lordo delle commissioni";
    After = "After fees", "Après frais", "Nach Gebühren", "Después de comisiones", "Al netto delle commissioni";
}
}

sentences! {
/// A sentence of the statement of costs and charges, or a phrase that stands for one.
CostSentence {
    KeyFiguresNote =
        "All costs and charges that were incurred from {first} to {last}, ex post, under Art. 50(9) of Delegated \
         Regulation (EU) 2017/565. Amounts are in {currency}; percentages are of the average portfolio value.",
        "Ensemble des coûts et frais supportés du {first} au {last}, ex post, au titre de l’art. 50(9) du règlement \
         délégué (UE) 2017/565. Les montants sont en {currency} ; les pourcentages se rapportent à la valeur moyenne \
         du portefeuille.";
    IncompleteNote =
        "The costs of some instruments are not known: they are listed, and no amount is counted for them.",
        "Les coûts de certains instruments ne sont pas connus : ils sont énumérés, et aucun montant n’est compté pour \
         eux.";
    MeaningOfAverage =
        "Average portfolio value: the value at the close of each valuation date times the calendar days since the one \
         before, added up and divided by all days. A close that could not be valued counts with the next one.",
        "Valeur moyenne du portefeuille : valeur à la clôture de chaque date de valorisation multipliée par les jours \
         calendaires écoulés depuis la précédente, le tout additionné et divisé par le nombre de jours. Une clôture \
         qui n’a pas pu être valorisée compte avec la suivante.";
    MeaningOfServiceCosts =
        "Costs of services are what was booked, charges inside trades among them, less refunds. Ongoing: fees for \
         management, advice and custody. Transactions: brokerage, fees of exchanges, stamp duties and transaction \
         taxes. Incidental: performance fees. Ancillary: fees that were booked without a kind of their own. One-off \
         charges have no kind of their own: those that are booked are among the ancillary ones.",
        "Les coûts des services sont ceux comptabilisés, y compris dans les opérations, remboursements déduits. \
         Récurrents : frais de gestion, de conseil et de conservation. Transactions : courtage, frais de marché, \
         droits de timbre et taxes sur les transactions. Marginaux : commissions de surperformance. Auxiliaires : \
         frais comptabilisés sans nature propre. Les frais ponctuels n’ont pas de nature propre : ceux qui sont \
         comptabilisés figurent parmi les auxiliaires.";
    MeaningOfTaxes =
        "Taxes on income and gains are no costs of a service or an instrument and are not counted.",
        "Les impôts sur les revenus et les plus-values ne sont pas des coûts d’un service ou d’un instrument et ne \
         sont pas comptés.";
    MeaningOfInstrumentCosts =
        "Costs of instruments are inside their prices and nobody booked them. Ongoing, transaction and incidental \
         costs: the sum over valuation dates of the value of the holding times the yearly fraction that its \
         manufacturer states, times the calendar days since the valuation date before, over those of the year. One-off \
         costs: the stated fraction of each purchase and sale, before charges. Short positions bear none.",
        "Les coûts des instruments sont compris dans leurs cours et ne sont pas comptabilisés. Coûts récurrents, de \
         transaction et marginaux : somme, sur les dates de valorisation, de la valeur détenue multipliée par la \
         fraction annuelle indiquée par le producteur et par les jours calendaires écoulés depuis la date de \
         valorisation précédente, rapportés à ceux de l’année. Frais ponctuels : fraction indiquée de chaque achat et \
         de chaque vente, hors frais. Les positions vendeuses n’en supportent pas.";
    MeaningOfUnknownCosts =
        "Instruments whose costs are not known: no row of the market's data on costs counts for the days on which they \
         were held. Their costs are not zero, they are unknown.",
        "Instruments dont les coûts ne sont pas connus : aucune donnée de coûts du marché ne couvre les jours où ils \
         étaient détenus. Leurs coûts ne sont pas nuls, ils sont inconnus.";
    MeaningOfCurrencies =
        "Costs in other currencies are converted at the reference rates of their own days; the average rate is the \
         amount in {currency} over the amount in the currency.",
        "Les coûts en devises sont convertis aux taux de référence de leurs propres dates ; le taux moyen est le \
         rapport du montant en {currency} au montant en devise.";
    CostOfConversion =
        "The cost of converting currencies is known as far as fees were booked with the exchanges; they are among the \
         costs related to transactions. A margin inside the rate of a deal is not booked apart and is not counted \
         here.",
        "Le coût de conversion des devises n’est connu que dans la mesure où des frais ont été comptabilisés avec les \
         opérations de change ; ils figurent parmi les coûts associés aux transactions. Une marge comprise dans le \
         cours d’une opération n’est pas comptabilisée à part et n’est pas comptée ici.";
    MeaningOfReturns =
        "Returns are time-weighted over the period. Before fees and taxes: as if none had been paid. After fees: fees \
         deducted, taxes not. After fees and taxes: what the portfolio returned; taxes on income are inside, too.",
        "Les rendements sont pondérés par le temps sur la période. Avant frais et impôts : comme si aucun n’avait été \
         payé. Après frais : frais déduits, impôts non. Après frais et impôts : rendement du portefeuille ; les impôts \
         sur les revenus y sont compris.";
    CostsFallUnevenly =
        "Costs do not fall evenly: brokerage and taxes on trades come with the trades, fees for management and custody \
         on the days on which they are booked, performance fees usually once a year. Such a spike is to be expected on \
         these days, and with each the distance between the two lines grows.",
        "Les coûts ne sont pas répartis uniformément : le courtage et les taxes accompagnent les opérations, les frais \
         de gestion et de conservation tombent aux dates de leur comptabilisation, les commissions de surperformance \
         en général une fois par an. Un pic est à prévoir à ces dates, et chacun creuse l’écart entre les deux \
         courbes.";
    LargestDay =
        "The largest effect of one day was {effect}, on {date}.",
        "L’incidence la plus forte d’une seule journée a été de {effect}, le {date}.";
    RightToBreakdown =
        "On request you receive an itemised breakdown of all costs and charges (Art. 24(4) of Directive 2014/65/EU).",
        "Sur demande, une ventilation par poste de l’ensemble des coûts et frais vous est fournie (art. 24, paragraphe \
         4, de la directive 2014/65/UE).";
    AskFirm = "Please ask {name}: {contact}.", "Adressez-vous à {name} : {contact}.";
    MeaningOfTotals =
        "Totals are sums of the printed figures; rounded percentages may add up to slightly more or less.",
        "Les totaux sont les sommes des montants imprimés ; les pourcentages arrondis peuvent s’en écarter légèrement.";

    // Reasons.
    ThirdPartiesNotRecorded =
        "no payments from third parties are recorded: the books have no kind of booking for them",
        "aucun paiement de tiers n’est enregistré : la comptabilité n’a pas de nature d’opération pour eux";
    NoCostsStated =
        "nobody states what the instruments that were held cost",
        "personne n’indique les coûts des instruments détenus";
    NoAverage =
        "there is no average portfolio value above zero",
        "il n’y a pas de valeur moyenne du portefeuille supérieure à zéro";
    DaysWithoutValue =
        "the holding had no value on {days} days", "la position n’avait pas de valeur pendant {days} jours";
    NoRateOfDay =
        "there is no rate from {from} to {to} of that day or the {days} days before",
        "aucun taux de change de {from} en {to} n’existe à cette date ni dans les {days} jours qui précèdent";
    NoReturnOn = "there is no return of {date}", "il n’y a pas de rendement au {date}";
    NoReturns = "there are no returns of the period", "il n’y a pas de rendements sur la période";
    NoRate = "the amount in its currency is zero", "le montant en devise est nul";
}
}
