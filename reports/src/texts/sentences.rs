//! Sentences: notes, definitions, methods and reasons for missing figures, complete in English and in French.
//!
//! German, Spanish and Italian documents have labels of their own and these sentences in English; each says so. A
//! sentence that lacks one of the two languages does not compile. Braces name what is filled in.

use super::words::sentences;

sentences! {
/// A sentence that several documents have, or a phrase that stands for one.
Sentence {
    // Graphs.
    NoPartAboveZero = "no part is above zero", "aucune part n’est supérieure à zéro";

    // Who issues a document.
    FirmNotSet =
        "The house has not set who issues its documents; [firm] in its configuration names the firm.",
        "L’établissement n’a pas indiqué qui émet ses documents ; la section [firm] de sa configuration le précise.";

    NotAvailable = "Not available: {reason}.", "Non disponible : {reason}.";

    // Attribution.
    NothingHeldOfTheClass =
        "nothing of the class was held, or its return is not known",
        "la classe n’était pas détenue, ou son rendement n’est pas connu";
    MeaningOfAllocation =
        "Allocation: what it made to hold more or less of a class than the benchmark.",
        "Allocation : effet d’une pondération de la classe supérieure ou inférieure à celle de l’indice de référence.";
    MeaningOfSelection =
        "Selection: what it made that the portfolio's part of a class returned something else than the benchmark's.",
        "Sélection : effet d’un rendement de la classe dans le portefeuille différent de celui de l’indice de \
         référence.";
    MeaningOfInteraction =
        "Interaction: both together, and what was bought and sold in the meantime. The three add up to the difference \
         of the returns; the times between the days on which the benchmark was weighed are linked by the method of \
         {linking}.",
        "Interaction : les deux effets combinés, et les achats et ventes intervenus entre-temps. La somme des trois \
         est l’écart de rendement ; les intervalles entre les jours de pondération de l’indice sont chaînés par la \
         méthode de {linking}.";

    // Why a figure is missing.
    BooksNotKnown =
        "a day of the period is not known in parts", "une date de la période n’est pas connue en détail";
    PriceOrRateMissing = "a price or a rate is missing", "il manque un cours ou un taux de change";
    PartOfSumMissing = "a part of the sum is unavailable", "une composante de la somme n’est pas disponible";
    FigureTooLong =
        "the figure is not a number of at most 28 digits", "le résultat n’est pas un nombre de 28 chiffres au plus";
    GainTooLong = "the gain has more than 28 digits", "la plus-value compte plus de 28 chiffres";
    PositionHadNoValueOn = "a position had no value on {date}", "une position n’avait pas de valeur au {date}";
    NoValuationBefore =
        "there is no valuation on or before {date}", "aucune valorisation n’existe au {date} ni avant cette date";
    PositionHasNoPrice =
        "a position has no price or rate", "une position n’a pas de cours ou pas de taux de change";
    PositionHadNoPrice =
        "a position had no price or rate", "une position n’avait pas de cours ou pas de taux de change";
    NotValuedOn = "the portfolio was not valued on {date}", "le portefeuille n’a pas été valorisé le {date}";
    NoPortfolioValueOn = "the portfolio has no value on {date}", "le portefeuille n’a pas de valeur au {date}";
    GainUnknown =
        "the value at start, at end or a flow is unknown",
        "la valeur en début ou en fin de période, ou un flux, n’est pas connu";
    StartOrEndUnknown =
        "the value at start or at end is unknown", "la valeur en début ou en fin de période n’est pas connue";
    ChangeNotKnown =
        "what changed the value up to {date} is not known: {reason}",
        "ce qui a fait varier la valeur jusqu’au {date} n’est pas connu : {reason}";
    ReasonNotRecorded = "the reason was not recorded", "le motif n’a pas été enregistré";
    NoReasonRecorded = "no reason was recorded", "aucun motif n’a été enregistré";
    StartNotValued =
        "a date at the start of the period could not be valued",
        "une date du début de la période n’a pas pu être valorisée";
    NoPriceBefore =
        "there is no price on or before {date}", "aucun cours n’existe au {date} ni avant cette date";
    RateTooOld =
        "the rate from {from} to {to} would be one of {date}, which is too old",
        "le taux de change de {from} en {to} serait celui du {date}, trop ancien";
    NoRateBefore =
        "there is no rate from {from} to {to} on or before {date}",
        "aucun taux de change de {from} en {to} n’existe au {date} ni avant cette date";
    NoValueForWeight =
        "the position or the portfolio has no value", "la position ou le portefeuille n’a pas de valeur";
    PortfolioNotAboveZero =
        "the portfolio's value is not above zero", "la valeur du portefeuille n’est pas supérieure à zéro";
    PositionHasNoValue = "the position has no value", "la position n’a pas de valeur";
    CostNotKnown = "the cost in {currency} is not known", "le prix de revient en {currency} n’est pas connu";
    TakenBackUnknown = "what is taken back is not known", "l’opération extournée n’est pas connue";
    TakenBackOnNoDay =
        "it was taken back and counts on no day", "l’opération a été extournée et ne compte à aucune date";
    TakenBackOnItsDay =
        "it was taken back on its own day, so the value at start is without it",
        "l’opération a été extournée à sa propre date : la valeur en début de période ne la comprend pas";
    UnitsNotRecorded =
        "the units were not recorded when this was booked",
        "les quantités n’ont pas été enregistrées lors de la comptabilisation";
    DayNotRecorded =
        "the day of payment was not recorded when this was booked",
        "le jour du paiement n’a pas été enregistré lors de la comptabilisation";
    ShorterThanYear =
        "the period is shorter than a year and is not annualised",
        "la période est inférieure à un an et n’est pas annualisée";
    NotComputed =
        "the measure was not computed for this date", "la mesure n’a pas été calculée pour cette date";
    TooLargeToDraw =
        "the values are too large to be drawn", "les valeurs sont trop grandes pour être représentées";

    // Below the key figures.
    KeyFiguresNote =
        "Value at start + net contributions + gain = value at end. What was realised on sales is a part of the gains \
         since each purchase and need not be a part of this period's gain.",
        "Valeur en début de période + apports nets + résultat = valeur en fin de période. Le réalisé sur cessions est \
         une part des plus-values depuis chaque achat et ne fait pas nécessairement partie du résultat de la période.";

    // What the checks found.
    CarriedOne =
        "{count} price is from an earlier day because there was no quote on {date}; marked `carried` in the positions.",
        "{count} cours est antérieur faute de cotation le {date} ; il porte la mention « reporté » dans les positions.";
    CarriedMany =
        "{count} prices are from an earlier day because there was no quote on {date}; marked `carried` in the \
         positions.",
        "{count} cours sont antérieurs faute de cotation le {date} ; ils portent la mention « reporté » dans les \
         positions.";
    LastTradeOne =
        "{count} price is that of the last trade because there has been no quote so far; marked `last trade` in the \
         positions.",
        "{count} cours est celui de la dernière transaction, aucune cotation n’existant à ce jour ; il porte la \
         mention « dernière transaction » dans les positions.";
    LastTradeMany =
        "{count} prices are that of the last trade because there has been no quote so far; marked `last trade` in the \
         positions.",
        "{count} cours sont ceux de la dernière transaction, aucune cotation n’existant à ce jour ; ils portent la \
         mention « dernière transaction » dans les positions.";
    NothingFound =
        "No check found anything, and every price is of the day.",
        "Aucun contrôle n’a relevé d’anomalie, et tous les cours sont du jour.";

    // What the figures mean.
    MeaningOfValue =
        "Value: quantity times price, converted to {currency} at the rates of the day; cash at its balance.",
        "Valeur : quantité multipliée par le cours, convertie en {currency} aux taux de change du jour ; les \
         liquidités pour leur solde.";
    QuotedInParts =
        "Prices of {names} are in parts of {currency}, such as pence, or in percent of the nominal value: a unit is \
         worth its price times {factor}.",
        "Les cours de {names} sont exprimés en fractions de {currency}, comme le penny, ou en pourcentage du nominal : \
         un titre vaut son cours multiplié par {factor}.";
    MeaningOfContributions =
        "Net contributions: deposits, withdrawals and transfers in kind. Dividends, interest, fees and taxes are part \
         of the gain.",
        "Apports nets : versements, retraits et transferts de titres. Les dividendes, intérêts, frais et taxes font \
         partie du résultat.";
    MeaningOfGain =
        "Gain: value at end less value at start less net contributions.",
        "Résultat : valeur en fin de période, moins valeur en début de période, moins apports nets.";
    MeaningOfUnrealised =
        "Unrealised gain: value less the cost of the lots still held ({method}), each lot at the {currency} rate of \
         its own day.",
        "Plus-value latente : valeur moins prix de revient des lots encore détenus ({method}), chaque lot au taux de \
         change en {currency} de sa propre date ; une moins-value porte le signe moins.";
    MeaningOfRealised =
        "Realised gain: proceeds of a sale less the cost of the lots it closed ({method}).",
        "Plus-value réalisée : produit d’une cession moins prix de revient des lots cédés ({method}) ; une moins-value \
         porte le signe moins.";
    MeaningOfWeight =
        "Weight: value over the value of the whole portfolio.",
        "Poids : valeur rapportée à la valeur de l’ensemble du portefeuille.";
    MeaningOfTotals =
        "Totals are sums of the printed figures; rounded weights may therefore add up to slightly more or less than \
         100%.",
        "Les totaux sont les sommes des montants imprimés ; la somme des poids arrondis peut donc s’écarter légèrement \
         de 100 %.";
    MeaningOfLookingAhead =
        "What a rule that looks ahead changes about the gain of a sale, e.g. because the same units were bought again \
         within 30 days, counts in the period in which it takes effect and is a part of the realised gain.",
        "Ce qu’une règle prospective modifie dans la plus-value d’une cession, par exemple parce que les mêmes titres \
         ont été rachetés dans les 30 jours, compte dans la période où la règle prend effet et fait partie de la \
         plus-value réalisée.";
    MeaningOfTakenBack =
        "Taken back: a transaction that was a mistake. It counts on no day, so its line has no cash, and the figures \
         are without it; its reversal is among the transactions of its own date.",
        "Annulation : opération saisie par erreur. Elle ne compte à aucune date ; sa ligne n’a donc pas de montant en \
         espèces et les chiffres ne la comprennent pas ; son extourne figure parmi les opérations de sa propre date.";
    MeaningOfCorporateActions =
        "Corporate actions in the period: cash and units that follow from what an issuer announced and from the units \
         held before, counted from the ex-date on. Cash is a price that was paid, or stands for a fraction of a unit; \
         it is before tax, and tax withheld from it is a transaction. In each currency the balance at start, the cash \
         of the transactions and the cash of the corporate actions add up to the balance at end.",
        "Opérations sur titres de la période : espèces et titres qui résultent de l’annonce d’un émetteur et des \
         quantités détenues auparavant, comptés à partir de la date de détachement. Les espèces sont un prix versé ou \
         remplacent un rompu ; elles s’entendent avant impôt, et l’impôt retenu est une opération à part. Dans chaque \
         devise, le solde initial, les espèces des opérations et celles des opérations sur titres donnent ensemble le \
         solde final.";
    MeaningOfOwed =
        "Owed: it is in the balances already, and the issuer pays or delivers it after the end of the period, on the \
         day in the column Paid on.",
        "À recevoir : déjà compris dans les soldes ; l’émetteur paie ou livre après la fin de la période, au jour \
         indiqué dans la colonne « Payé le ».";
    MeaningOfTimeWeighted =
        "the daily returns of the period linked with each other; contributions count at the start of their day and \
         withdrawals at its end, so their timing has no effect",
        "performances quotidiennes de la période chaînées entre elles ; les apports comptent au début de leur jour et \
         les retraits à la fin, si bien que leur date est sans effet";
    MeaningOfTimeWeightedAnnual =
        "the time-weighted return as a constant rate a year, days over 365",
        "performance pondérée par le temps exprimée en taux annuel constant, en jours sur 365";
    MeaningOfMoneyWeighted =
        "the rate at which the value at start and all flows grow to the value at end, for the period",
        "taux auquel la valeur en début de période et tous les flux deviennent la valeur en fin de période, pour la \
         période";
    MeaningOfMoneyWeightedAnnual =
        "the money-weighted return as a rate a year, days over 365",
        "performance pondérée par les flux exprimée en taux annuel, en jours sur 365";
    MeaningOfVolatility =
        "the standard deviation of the daily returns, times the square root of 252",
        "écart-type des performances quotidiennes, multiplié par la racine carrée de 252";
    MeaningOfVolatilityFrom =
        "the standard deviation of the returns between the days on which something held was quoted, times the square \
         root of {count}, their number a year",
        "écart-type des performances entre les jours où un titre détenu a été coté, multiplié par la racine carrée de \
         {count}, leur nombre par an";
    MeaningOfSharpeFrom =
        "the mean of these returns above the risk-free rate over its standard deviation, times the square root of \
         {count}",
        "moyenne de ces performances au-delà du taux sans risque, rapportée à leur écart-type et multipliée par la \
         racine carrée de {count}";
    MeaningOfSharpe =
        "the mean daily return above the risk-free rate over its standard deviation, times the square root of 252",
        "moyenne des performances quotidiennes au-delà du taux sans risque, rapportée à leur écart-type et multipliée \
         par la racine carrée de 252";
    MeaningOfDrawdown =
        "the largest fall of the linked daily returns from a peak to a later trough",
        "plus forte baisse des performances quotidiennes chaînées entre un plus haut et un plus bas ultérieur";
    MeaningOfPeak =
        "the day of the peak from which the maximum drawdown is measured",
        "jour du plus haut à partir duquel la perte maximale est mesurée";
    MeaningOfTrough =
        "the day of the trough to which the maximum drawdown is measured",
        "jour du plus bas jusqu’auquel la perte maximale est mesurée";
    MethodFrom = "from {from} on {method}", "à partir du {from}, {method}";
    MethodNamed = "method {id}", "méthode {id}";

    // How the value at risk is forecast.
    MethodInForce =
        "Value at risk of {confidence}: the method in force is {method}.",
        "Valeur en risque à {confidence} : la méthode en vigueur est {method}.";
    NoMethodInForce =
        "Value at risk of {confidence}: no method is in force.",
        "Valeur en risque à {confidence} : aucune méthode n’est en vigueur.";
    CountedByReturns =
        "Of {days} days {exceedances} lost more than it said, by the returns of the portfolio",
        "Sur {days} jours, {exceedances} ont perdu plus que prévu, d’après les performances du portefeuille";
    CountedUntraded =
        "Of {days} days {exceedances} lost more than it said, if positions had not been traded",
        "Sur {days} jours, {exceedances} ont perdu plus que prévu, à positions inchangées";
    TrafficLight =
        "{counted}; the traffic light of the Basel Committee is {zone}.",
        "{counted} ; le feu du Comité de Bâle est {zone}.";
    Demoted =
        "Demoted: {method}. {counted}, which is red by the traffic light.",
        "Méthode écartée : {method}. {counted} ; le feu est donc rouge.";
    ZoneGreen = "green", "vert";
    ZoneYellow = "yellow", "jaune";
    ZoneRed = "red", "rouge";
    ZoneNotJudged = "not judged", "sans appréciation";
    HistoricalSimulation = "historical simulation", "la simulation historique";
    FilteredHistorical =
        "historical simulation scaled by volatility", "la simulation historique ajustée par la volatilité";
    EwmaVariance =
        "the normal distribution with exponentially weighted variance",
        "la loi normale à variance pondérée exponentiellement";
    CornishFisher =
        "the normal distribution corrected by Cornish and Fisher", "la loi normale corrigée selon Cornish et Fisher";
    NormalDistribution = "the normal distribution", "la loi normale";

    // Where the statement comes from.
    DataGradeIs = "Data grade {grade}: {meaning}.", "Qualité des données {grade} : {meaning}.";
    GradeA = "no check found anything", "aucun contrôle n’a relevé d’anomalie";
    GradeB =
        "checks found something; see the findings", "des contrôles ont relevé des anomalies ; voir les constats";
    GradeC =
        "rows in doubt were kept out of the figures; see the findings",
        "des données douteuses ont été exclues des chiffres ; voir les constats";
    MadeBy =
        "Made by run {run} of Financr {version}.", "Établi par le traitement {run} de Financr {version}.";
    Fingerprint = "Fingerprint of the inputs: {fingerprint}", "Empreinte des données d’entrée : {fingerprint}";
    SyntheticMarket =
        "The market behind these figures is made up: this is synthetic data, not a real account.",
        "Le marché sur lequel reposent ces chiffres est fictif : il s’agit de données de synthèse, et non d’un compte \
         réel.";
}
}
