//! The words of the composite report.

use super::words::{labels, sentences};

labels! {
/// A short text of the composite report.
CompositeLabel {
    // Headings.
    InShort =
        "The composite in short, {currency}", "Le composite en bref, {currency}", "Der Composite in Kürze, {currency}",
        "El composite en síntesis, {currency}", "Il composite in sintesi, {currency}";
    Compliance =
        "GIPS standards", "Normes GIPS", "GIPS-Standards", "Normas GIPS", "Standard GIPS";
    AnnualReturns =
        "Annual returns and deviation", "Rendements annuels et écart-type", "Jahresrenditen und Standardabweichung",
        "Rentabilidades anuales y desviación", "Rendimenti annuali e deviazione";
    ReturnsGraph =
        "Annual returns, net of fees", "Rendements annuels, nets de frais", "Jahresrenditen nach Gebühren",
        "Rentabilidades anuales, netas de comisiones", "Rendimenti annuali, al netto delle commissioni";
    CompositeAndFirm =
        "Composite and firm at the end of each year, {currency}",
        "Composite et établissement en fin d’année, {currency}", "Composite und Firma zum Jahresende, {currency}",
        "Composite y entidad al final de cada año, {currency}", "Composite e impresa a fine anno, {currency}";
    FirmDefinition =
        "Definition of the firm", "Définition de l’établissement", "Definition der Firma", "Definición de la entidad",
        "Definizione dell’impresa";
    Description =
        "Description of the composite", "Description du composite", "Beschreibung des Composites",
        "Descripción del composite", "Descrizione del composite";
    BenchmarkDescription =
        "Benchmark", "Indice de référence", "Benchmark", "Índice de referencia", "Benchmark";
    FeesDescription = "Fees", "Frais", "Gebühren", "Comisiones", "Commissioni";
    Policies =
        "Policies and their availability", "Politiques et leur mise à disposition",
        "Grundsätze und ihre Verfügbarkeit", "Políticas y su disponibilidad", "Politiche e loro disponibilità";
    Events =
        "Significant events", "Événements significatifs", "Wesentliche Ereignisse", "Hechos significativos",
        "Eventi significativi";

    // Names of figures and heads of columns.
    CompositeAssets =
        "Composite assets", "Actifs du composite", "Vermögen des Composites", "Activos del composite",
        "Patrimonio del composite";
    FirmAssets =
        "Total firm assets", "Total des actifs de l’établissement", "Gesamtvermögen der Firma",
        "Activos totales de la entidad", "Patrimonio totale dell’impresa";
    Portfolios =
        "Number of portfolios", "Nombre de portefeuilles", "Anzahl der Portfolios", "Número de carteras",
        "Numero di portafogli";
    InceptionDate =
        "Inception date", "Date de début de performance", "Auflegungsdatum", "Fecha de inicio", "Data di avvio";
    CreationDate =
        "Creation date", "Date de création", "Gründungsdatum", "Fecha de creación", "Data di creazione";
    ReportingCurrency = "Currency", "Devise", "Währung", "Divisa", "Valuta";
    Year = "Year", "Année", "Jahr", "Año", "Anno";
    YearFrom =
        "{year}, from {date}", "{year}, à partir du {date}", "{year}, ab {date}", "{year}, desde el {date}",
        "{year}, dal {date}";
    YearTo =
        "{year}, up to {date}", "{year}, jusqu’au {date}", "{year}, bis {date}", "{year}, hasta el {date}",
        "{year}, fino al {date}";
    GrossReturn =
        "Return gross of fees", "Rendement brut de frais", "Rendite vor Gebühren", "Rentabilidad bruta",
        "Rendimento lordo";
    NetReturn =
        "Return net of fees", "Rendement net de frais", "Rendite nach Gebühren", "Rentabilidad neta",
        "Rendimento netto";
    BenchmarkReturn =
        "Benchmark return", "Rendement de l’indice", "Rendite der Benchmark", "Rentabilidad del índice",
        "Rendimento del benchmark";
    CompositeDeviation =
        "Composite 3-year deviation", "Écart-type 3 ans du composite", "3-Jahres-Abweichung Composite",
        "Desviación a 3 años del composite", "Deviazione a 3 anni del composite";
    BenchmarkDeviation =
        "Benchmark 3-year deviation", "Écart-type 3 ans de l’indice", "3-Jahres-Abweichung Benchmark",
        "Desviación a 3 años del índice", "Deviazione a 3 anni del benchmark";
    Dispersion =
        "Internal dispersion", "Dispersion interne", "Interne Streuung", "Dispersión interna", "Dispersione interna";
    FiveOrFewer = "5 or fewer", "5 ou moins", "5 oder weniger", "5 o menos", "5 o meno";
    Composite = "Composite", "Composite", "Composite", "Composite", "Composite";
    FindingsOfMembers =
        "{severity}: {check}, {count} findings in {portfolios} portfolios",
        "{severity} : {check}, {count} constats dans {portfolios} portefeuilles",
        "{severity}: {check}, {count} Feststellungen in {portfolios} Portfolios",
        "{severity}: {check}, {count} observaciones en {portfolios} carteras",
        "{severity}: {check}, {count} rilievi in {portfolios} portafogli";
}
}

sentences! {
/// A sentence of the composite report.
CompositeSentence {
    // Whether the firm claims anything.
    NoClaim =
        "The firm makes no claim of compliance with the Global Investment Performance Standards in this report.",
        "L’établissement ne revendique dans ce rapport aucune conformité aux Global Investment Performance Standards.";
    Trademark =
        "GIPS® is a registered trademark of CFA Institute. CFA Institute does not endorse or promote this \
         organization, nor does it warrant the accuracy or quality of the content contained herein.",
        "GIPS® est une marque déposée de CFA Institute. CFA Institute ne soutient ni ne promeut cette organisation et \
         ne garantit ni l’exactitude ni la qualité du contenu de ce document.";

    // What the firm has said.
    CreatedOn =
        "The composite was created on {created}. Its record of performance begins with the close of {begun}, its \
         inception date.",
        "Le composite a été créé le {created}. Son historique de performance débute à la clôture du {begun}, sa date \
         de début.";
    NoBenchmark =
        "The composite has no benchmark: {reason}", "Le composite n’a pas d’indice de référence : {reason}";
    MinimumAssets = "Minimum level of assets: {text}", "Niveau minimal d’actifs : {text}";
    SignificantCashFlows = "Significant cash flows: {text}", "Flux de trésorerie significatifs : {text}";
    Leverage =
        "Leverage, derivatives and short positions: {text}",
        "Effet de levier, dérivés et positions vendeuses : {text}";
    WithholdingTaxes = "Withholding taxes: {text}", "Retenues à la source : {text}";
    SpecialPortfolios =
        "Portfolios without fees, with bundled fees, and carve-outs: {text}",
        "Portefeuilles sans frais, à frais groupés et « carve-outs » : {text}";
    NoEvents =
        "The firm has named no significant events.", "L’établissement n’a signalé aucun événement significatif.";

    NothingFound =
        "No check found anything about the portfolios of the composite on {date}.",
        "Aucun contrôle n’a relevé d’anomalie pour les portefeuilles du composite au {date}.";

    // Why a figure is missing.
    ReturnUnknown =
        "the return of {date} is not known: {reason}", "le rendement du {date} n’est pas connu : {reason}";
    NoCapital = "no portfolio had capital", "aucun portefeuille n’avait de capital";
    FeesUnknown =
        "a fee of {date}, or the capital that it was taken from, is not known",
        "des frais du {date}, ou le capital sur lequel ils ont été prélevés, ne sont pas connus";
    FewerMonths =
        "fewer than 36 monthly returns are available", "moins de 36 rendements mensuels sont disponibles";
    NothingValued = "no portfolio was valued in the month", "aucun portefeuille n’a été valorisé au cours du mois";
    FiveOrFewerAllYear =
        "five or fewer portfolios were in the composite for the full year",
        "cinq portefeuilles ou moins ont fait partie du composite pendant toute l’année";
    MemberUnknown =
        "the return of a portfolio that was in the composite for the full year is not known",
        "le rendement d’un portefeuille présent dans le composite pendant toute l’année n’est pas connu";
    BenchmarkNotNamed =
        "the portfolios of the composite name no benchmark in its currency",
        "les portefeuilles du composite n’indiquent aucun indice de référence dans sa devise";
    SeveralBenchmarks =
        "the portfolios of the composite do not have one and the same benchmark",
        "les portefeuilles du composite n’ont pas tous le même indice de référence";
    BenchmarkUnknown =
        "the level of the benchmark at the beginning or end of a month is not known",
        "le niveau de l’indice au début ou à la fin d’un mois n’est pas connu";
    WithoutBenchmark =
        "the firm states that the composite has no benchmark",
        "l’établissement indique que le composite n’a pas d’indice de référence";
    AssetsUnknown =
        "the assets of {date} are not known: {reason}", "les actifs au {date} ne sont pas connus : {reason}";
    FirmAssetsUnknown =
        "{count} portfolios of the firm have no value or no rate on {date}",
        "{count} portefeuilles de l’établissement n’ont pas de valeur ou de taux de change au {date}";

    // What figures mean.
    InShortNote =
        "At the end of the period; all figures of this report are in {currency}.",
        "À la fin de la période ; tous les chiffres de ce rapport sont en {currency}.";
    MeaningOfReturns =
        "Returns are time-weighted and in {currency}. The return of a day is the mean of the returns of the \
         portfolios, weighted by their values before it; the days of a year are linked. A year ends on its last \
         business day; the return of a part of a year is not annualized.",
        "Les rendements sont pondérés par le temps et exprimés en {currency}. Le rendement d’un jour est la moyenne \
         des rendements des portefeuilles, pondérée par leurs valeurs antérieures ; les jours d’une année sont \
         chaînés. Une année se termine à son dernier jour ouvré ; le rendement d’une partie d’année n’est pas \
         annualisé.";
    MeaningOfGross =
        "Returns net of fees are after everything that was booked. Returns gross of fees are before fees for \
         management and advice and before performance fees; costs of transactions, fees for custody, other fees and \
         taxes reduce both.",
        "Les rendements nets de frais sont calculés après toutes les écritures. Les rendements bruts sont calculés \
         avant frais de gestion, de conseil et de performance ; les coûts de transaction, les droits de garde, les \
         autres frais et les impôts réduisent les deux.";
    MeaningOfBenchmark =
        "Returns of the benchmark are those of its levels in {currency}, linked by month.",
        "Les rendements de l’indice sont ceux de ses niveaux en {currency}, chaînés par mois.";
    MeaningOfDeviation =
        "The 3-year annualized ex-post standard deviation is that of the 36 monthly returns up to the end of the \
         year, those of the composite net of fees: the sample standard deviation (divisor 35) times √12.",
        "L’écart-type ex post annualisé sur 3 ans est celui des 36 rendements mensuels jusqu’à la fin de l’année, \
         nets de frais pour le composite : l’écart-type d’échantillon (diviseur 35) multiplié par √12.";
    MeaningOfDispersion =
        "Internal dispersion is the equal-weighted standard deviation (divisor n) of the annual returns, net of fees, \
         of the portfolios that were in the composite for the full year. It is not stated for five or fewer.",
        "La dispersion interne est l’écart-type équipondéré (diviseur n) des rendements annuels, nets de frais, des \
         portefeuilles présents dans le composite pendant toute l’année. Elle n’est pas indiquée pour cinq \
         portefeuilles ou moins.";
    MeaningOfAssets =
        "Composite assets are the values of the portfolios of the composite on the last valuation day of the year; \
         total firm assets are those of all portfolios of the firm in its books, each at its value of that day or its \
         last one of the 31 days before it, at the exchange rates of the day.",
        "Les actifs du composite sont les valeurs de ses portefeuilles au dernier jour de valorisation de l’année ; \
         le total des actifs de l’établissement est celui de tous les portefeuilles de ses livres, chacun à sa valeur \
         de ce jour ou à la dernière des 31 jours précédents, aux taux de change du jour.";
    MeaningOfYears =
        "The report shows the years since inception, the latest ten at most.",
        "Le rapport présente les années depuis l’origine, les dix dernières au plus.";
}
}
