//! The words of the report on performance.

use super::words::{labels, sentences};

labels! {
/// A short text of the report on performance.
PerformanceLabel {
    // Headings.
    InShort = "In short", "L’essentiel", "Auf einen Blick", "En resumen", "In sintesi";
    ReturnsByPeriod =
        "Returns by period", "Performance par période", "Rendite nach Zeitraum", "Rentabilidad por período",
        "Rendimento per periodo";
    ReturnsAnnual =
        "Returns a year", "Performance annualisée", "Rendite pro Jahr", "Rentabilidad anualizada",
        "Rendimento annualizzato";
    MonthlyReturns =
        "Returns by month", "Performance mensuelle", "Rendite nach Monaten", "Rentabilidad mensual",
        "Rendimento mensile";
    YearsBesideBenchmark =
        "Calendar years beside the benchmark", "Années civiles et indice de référence",
        "Kalenderjahre neben der Benchmark", "Años naturales e índice de referencia", "Anni solari e benchmark";
    Growth =
        "What 100 became", "Évolution de 100", "Was aus 100 wurde", "Evolución de 100", "Evoluzione di 100";
    BelowHigh =
        "Below the last high", "Écart au dernier plus haut", "Rückgang vom letzten Hoch",
        "Caída desde el último máximo", "Discesa dall’ultimo massimo";
    DeepestDrawdowns =
        "The deepest drawdowns", "Les baisses les plus fortes", "Die tiefsten Rückgänge", "Las mayores caídas",
        "Le discese più profonde";
    RiskFigures =
        "Risk, and what was earned for it", "Risque et rémunération du risque", "Risiko und Ertrag des Risikos",
        "Riesgo y remuneración del riesgo", "Rischio e remunerazione del rischio";
    ByPosition =
        "What positions added in the period", "Contribution des positions sur la période",
        "Beiträge der Positionen im Zeitraum", "Contribución de las posiciones en el período",
        "Contributo delle posizioni nel periodo";
    ByClass =
        "What asset classes added in the period", "Contribution des classes d’actifs sur la période",
        "Beiträge der Anlageklassen im Zeitraum", "Contribución de las clases de activo en el período",
        "Contributo delle classi di attivo nel periodo";
    ByCurrency =
        "What exchange rates added in the period", "Effet de change sur la période",
        "Beiträge der Wechselkurse im Zeitraum", "Efecto de las divisas en el período",
        "Effetto dei cambi nel periodo";

    // Key figures.
    ReturnOver =
        "{period}: return", "{period} : performance", "{period}: Rendite", "{period}: rentabilidad",
        "{period}: rendimento";
    BenchmarkOver =
        "{period}: benchmark", "{period} : indice de référence", "{period}: Benchmark",
        "{period}: índice de referencia", "{period}: benchmark";

    // Heads of columns.
    Period = "Period", "Période", "Zeitraum", "Período", "Periodo";
    GainIn =
        "Gain {currency}", "Résultat {currency}", "Ergebnis {currency}", "Resultado {currency}",
        "Risultato {currency}";
    Gross =
        "Before fees and taxes", "Avant frais et impôts", "Vor Gebühren und Steuern",
        "Antes de comisiones e impuestos", "Prima di commissioni e imposte";
    NetOfFees =
        "After fees, before taxes", "Après frais, avant impôts", "Nach Gebühren, vor Steuern",
        "Tras comisiones, antes de impuestos", "Dopo commissioni, prima delle imposte";
    Net =
        "After fees and taxes", "Après frais et impôts", "Nach Gebühren und Steuern", "Tras comisiones e impuestos",
        "Dopo commissioni e imposte";
    NetAnnual =
        "Portfolio a year, after fees and taxes", "Portefeuille par an, après frais et impôts",
        "Portfolio pro Jahr, nach Gebühren und Steuern", "Cartera al año, tras comisiones e impuestos",
        "Portafoglio annuo, dopo commissioni e imposte";
    Benchmark = "Benchmark", "Indice de référence", "Benchmark", "Índice de referencia", "Benchmark";
    BenchmarkAnnual =
        "Benchmark a year", "Indice de référence par an", "Benchmark pro Jahr", "Índice de referencia al año",
        "Benchmark annuo";
    Excess = "Difference", "Écart", "Differenz", "Diferencia", "Differenza";
    MoneyWeighted =
        "Money-weighted", "Pondérée par les flux", "Kapitalgewichtet", "Ponderada por capital",
        "Ponderato per il capitale";
    MoneyWeightedAnnual =
        "Money-weighted a year", "Pondérée par les flux, par an", "Kapitalgewichtet pro Jahr",
        "Ponderada por capital, al año", "Ponderato per il capitale, annuo";
    Year = "Year", "Année", "Jahr", "Año", "Anno";
    WholeYear = "Year as a whole", "Année entière", "Ganzes Jahr", "Año completo", "Anno intero";
    January = "Jan", "janv.", "Jan.", "ene.", "gen";
    February = "Feb", "févr.", "Feb.", "feb.", "feb";
    March = "Mar", "mars", "März", "mar.", "mar";
    April = "Apr", "avril", "Apr.", "abr.", "apr";
    May = "May", "mai", "Mai", "may.", "mag";
    June = "Jun", "juin", "Juni", "jun.", "giu";
    July = "Jul", "juil.", "Juli", "jul.", "lug";
    August = "Aug", "août", "Aug.", "ago.", "ago";
    September = "Sep", "sept.", "Sept.", "sept.", "set";
    October = "Oct", "oct.", "Okt.", "oct.", "ott";
    November = "Nov", "nov.", "Nov.", "nov.", "nov";
    December = "Dec", "déc.", "Dez.", "dic.", "dic";
    Depth = "Depth", "Baisse", "Rückgang", "Caída", "Discesa";
    Peak = "Peak", "Plus haut", "Hoch", "Máximo", "Picco";
    Trough = "Trough", "Plus bas", "Tief", "Mínimo", "Minimo";
    Recovery = "Recovered", "Rattrapée le", "Aufgeholt am", "Recuperada el", "Recuperata il";
    LengthInDays = "Length in days", "Durée en jours", "Dauer in Tagen", "Duración en días", "Durata in giorni";
    Position = "Position", "Position", "Position", "Posición", "Posizione";
    CurrencyOf = "Currency", "Devise", "Währung", "Divisa", "Valuta";
    FromPrices =
        "Prices and income", "Cours et revenus", "Kurse und Erträge", "Precios e ingresos", "Prezzi e proventi";
    FromRates = "Exchange rates", "Change", "Wechselkurse", "Divisas", "Cambi";
    Contribution = "Contribution", "Contribution", "Beitrag", "Contribución", "Contributo";

    // Names of rows.
    Volatility =
        "Volatility a year", "Volatilité annualisée", "Volatilität pro Jahr", "Volatilidad anual",
        "Volatilità annua";
    Sharpe = "Sharpe ratio", "Ratio de Sharpe", "Sharpe-Ratio", "Ratio de Sharpe", "Indice di Sharpe";
    Sortino = "Sortino ratio", "Ratio de Sortino", "Sortino-Ratio", "Ratio de Sortino", "Indice di Sortino";
    MaximumDrawdown =
        "Maximum drawdown", "Perte maximale", "Maximaler Rückgang", "Caída máxima", "Perdita massima";
    Beta = "Beta", "Bêta", "Beta", "Beta", "Beta";
    TrackingError =
        "Tracking error a year", "Écart de suivi annualisé (tracking error)", "Tracking Error pro Jahr",
        "Error de seguimiento anual", "Tracking error annuo";
    InformationRatio =
        "Information ratio", "Ratio d’information", "Information Ratio", "Ratio de información",
        "Indice di informazione";
}
}

sentences! {
/// A sentence of the report on performance.
PerformanceSentence {
    NetOfFeesAndTaxes =
        "Returns are time-weighted and after all fees and taxes that were booked in the portfolio.",
        "Performances pondérées par le temps, après tous les frais et impôts comptabilisés dans le portefeuille.";

    // Why a figure is missing.
    BenchmarkUnknownOn =
        "the return of the benchmark on {date} is not known", "la performance de l’indice le {date} n’est pas connue";
    ChargesUnknownOn =
        "the fees and taxes of {date} are not known", "les frais et impôts du {date} ne sont pas connus";
    NotOfDays =
        "it is not computed for less than a month", "elle n’est pas calculée pour moins d’un mois";
    SinceInceptionOnly =
        "it is kept since inception alone", "cette mesure n’est conservée que depuis l’origine";
    NotRecovered =
        "not recovered by {date}; the length counts up to there",
        "non rattrapée au {date} ; la durée est comptée jusqu’à cette date";
    ContributionsUnknown =
        "What was added to the return is not known: {reason}.",
        "Les contributions à la performance ne sont pas connues : {reason}.";
    PartUnknownOn =
        "a part of the return of {date} is not known", "une composante de la performance du {date} n’est pas connue";
    NotRecorded =
        "nothing was recorded for the period", "rien n’a été enregistré pour la période";
    EverythingLost =
        "the portfolio lost everything, and nothing can be linked to that",
        "le portefeuille a tout perdu, et rien ne peut être chaîné au-delà";

    // What the figures mean.
    MeaningOfReturn =
        "Return: the daily returns of the period linked with each other (time-weighted), in {currency}. Contributions \
         count at the start of their day and withdrawals at its end, so their timing has no effect. Past returns say \
         nothing certain about those to come.",
        "Performance : performances quotidiennes de la période chaînées entre elles (pondérées par le temps), en \
         {currency}. Les apports comptent au début de leur jour et les retraits à la fin, si bien que leur date est \
         sans effet. Les performances passées ne préjugent pas des performances futures.";
    MeaningOfCharges =
        "Before fees and taxes, after fees, after fees and taxes: the same returns with the fees and taxes of each day \
         added back, with its taxes alone, or with nothing added back. Costs inside funds are in all three.",
        "Avant frais et impôts, après frais, après frais et impôts : les mêmes performances en réintégrant les frais \
         et impôts de chaque jour, les seuls impôts, ou rien. Les coûts internes aux fonds sont compris dans les \
         trois.";
    MeaningOfMoneyWeighted =
        "Money-weighted: the rate at which the value at start and all flows grow to the value at end. It depends on \
         when money came and went.",
        "Pondérée par les flux : taux auquel la valeur en début de période et tous les flux deviennent la valeur en \
         fin de période. Elle dépend de la date des apports et des retraits.";
    MeaningOfAnnual =
        "A year: the constant rate that gives the return of the period, days over 365. What is shorter than a year is \
         not a rate a year.",
        "Par an : taux constant qui donne la performance de la période, en jours sur 365. Aucune période inférieure à \
         un an n’est annualisée.";
    MeaningOfMonths =
        "Months and years: those of the calendar. The month or year in which the portfolio began counts from its first \
         day, and one that is not over counts up to the date of the report. A year is its months linked, not added.",
        "Mois et années : ceux du calendrier. Le mois ou l’année du début du portefeuille compte à partir de son \
         premier jour, et une période non terminée jusqu’à la date du rapport. L’année résulte du chaînage de ses \
         mois, et non de leur addition.";
    MeaningOfBenchmark =
        "Benchmark: its returns in {currency}, linked over the days on which the portfolio has a return; it bears no \
         fees and no taxes. Difference: the return of the portfolio after fees and taxes less that of the benchmark, \
         as printed.",
        "Indice de référence : ses performances en {currency}, chaînées sur les jours où le portefeuille a une \
         performance ; il ne supporte ni frais ni impôts. Écart : performance du portefeuille après frais et impôts, \
         moins celle de l’indice, telles qu’imprimées.";
    NoBenchmark =
        "No benchmark is agreed for this portfolio.", "Aucun indice de référence n’est convenu pour ce portefeuille.";
    MeaningOfGrowth =
        "What 100 became: a hundred units that stayed in the portfolio, after fees and taxes. It begins with the \
         portfolio, or after the last day of which a value is not known.",
        "Évolution de 100 : cent unités restées dans le portefeuille, après frais et impôts. Elle commence avec le \
         portefeuille, ou après le dernier jour dont une valeur n’est pas connue.";
    MeaningOfFalls =
        "Drawdown: the fall of those hundred units from a high to the lowest point before the high is reached again. \
         The length counts the days from the peak to the recovery.",
        "Baisse : recul de ces cent unités depuis un plus haut jusqu’au point le plus bas avant que ce plus haut ne \
         soit retrouvé. La durée compte les jours du plus haut jusqu’au rattrapage.";
    MeaningOfContributions =
        "Contribution: what a position earned over the capital of the portfolio, day by day; the days of the period \
         are linked by the method of Cariño, so that the contributions add up to the return.",
        "Contribution : ce qu’une position a rapporté, rapporté au capital du portefeuille, jour après jour ; les \
         jours de la période sont chaînés par la méthode de Cariño, de sorte que la somme des contributions est la \
         performance.";
    MeaningOfRates =
        "Prices and income: what was earned in the currency of the position, at the exchange rate with which each day \
         began. Exchange rates: all that they made of the capital and of what was earned on it.",
        "Cours et revenus : ce qui a été gagné dans la devise de la position, au taux de change du début de chaque \
         jour. Change : tout l’effet des taux de change sur le capital et sur ce qu’il a rapporté.";
    MeaningOfSums =
        "Totals are sums of the printed figures; rounding may put them a hundredth of a percent beside the return.",
        "Les totaux sont les sommes des chiffres imprimés ; l’arrondi peut les écarter de la performance d’un centième \
         de pour cent.";
    MeaningOfVolatility =
        "the standard deviation of the returns, times the square root of {count}, their number a year",
        "écart-type des performances, multiplié par la racine carrée de {count}, leur nombre annuel";
    MeaningOfSharpe =
        "the mean return above the risk-free rate over its standard deviation, times the square root of {count}",
        "moyenne des performances au-delà du taux sans risque, rapportée à leur écart-type et multipliée par la racine \
         carrée de {count}";
    MeaningOfSortino =
        "the same mean over the deviation below the risk-free rate, in which all returns count",
        "la même moyenne, rapportée à l’écart en deçà du taux sans risque, où toutes les performances comptent";
    MeaningOfDrawdown =
        "the largest fall of the linked daily returns from a peak to a later trough",
        "plus forte baisse des performances quotidiennes chaînées entre un plus haut et un plus bas ultérieur";
    MeaningOfBeta =
        "the slope of the line that fits the returns to those of the benchmark best; 1 moves like the benchmark",
        "pente de la droite qui relie au mieux les performances à celles de l’indice ; à 1, le portefeuille suit \
         l’indice";
    MeaningOfTrackingError =
        "the standard deviation of the differences to the benchmark, times the square root of {count}",
        "écart-type des écarts à l’indice de référence, multiplié par la racine carrée de {count}";
    MeaningOfInformationRatio =
        "the mean of the differences to the benchmark times {count}, over the tracking error",
        "moyenne des écarts à l’indice de référence multipliée par {count}, rapportée à l’écart de suivi";
}
}
