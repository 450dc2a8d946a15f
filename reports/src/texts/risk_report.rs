//! The words of the report on risk.

use super::words::{labels, sentences};

labels! {
/// A short text of the report on risk.
RiskLabel {
    // Headings.
    InShort =
        "In short, {currency}", "L’essentiel, {currency}", "Auf einen Blick, {currency}", "En resumen, {currency}",
        "In sintesi, {currency}";
    Losses =
        "What the positions may lose in a day, {currency}",
        "Ce que les positions peuvent perdre en un jour, {currency}",
        "Was die Positionen an einem Tag verlieren können, {currency}",
        "Lo que las posiciones pueden perder en un día, {currency}",
        "Quanto le posizioni possono perdere in un giorno, {currency}";
    Forecasts =
        "What each method expects of the next day", "Prévision de chaque méthode pour le jour suivant",
        "Was jedes Verfahren vom nächsten Tag erwartet", "Previsión de cada método para el día siguiente",
        "Previsione di ogni metodo per il giorno successivo";
    Backtests =
        "How the forecasts kept what they promised", "Contrôle a posteriori des prévisions (backtesting)",
        "Wie die Vorhersagen eintrafen (Backtesting)", "Contraste de las previsiones (backtesting)",
        "Verifica a posteriori delle previsioni (backtesting)";
    ForecastAndReturn =
        "Return of each day and the value at risk of {confidence} forecast for it",
        "Performance de chaque jour et valeur en risque à {confidence} prévue pour ce jour",
        "Rendite jedes Tages und der dafür vorhergesagte Value at Risk von {confidence}",
        "Rentabilidad de cada día y valor en riesgo al {confidence} previsto para él",
        "Rendimento di ogni giorno e valore a rischio al {confidence} previsto";
    ExceededDays =
        "Days that lost more than the value at risk of {confidence}",
        "Jours de perte supérieure à la valeur en risque à {confidence}",
        "Tage mit mehr Verlust als dem Value at Risk von {confidence}",
        "Días con pérdida superior al valor en riesgo al {confidence}",
        "Giorni con perdita superiore al valore a rischio al {confidence}";
    ByPosition =
        "Expected shortfall of {confidence} by position, {currency}",
        "Perte extrême moyenne (ES) à {confidence} par position, {currency}",
        "Expected Shortfall von {confidence} nach Position, {currency}",
        "Pérdida esperada en la cola (ES) al {confidence} por posición, {currency}",
        "Perdita attesa nella coda (ES) al {confidence} per posizione, {currency}";
    ByAssetClass =
        "Expected shortfall of {confidence} by asset class, {currency}",
        "Perte extrême moyenne (ES) à {confidence} par classe d’actifs, {currency}",
        "Expected Shortfall von {confidence} nach Anlageklasse, {currency}",
        "Pérdida esperada en la cola (ES) al {confidence} por clase de activo, {currency}",
        "Perdita attesa nella coda (ES) al {confidence} per classe di attivo, {currency}";
    BySector =
        "Expected shortfall of {confidence} by sector, {currency}",
        "Perte extrême moyenne (ES) à {confidence} par secteur, {currency}",
        "Expected Shortfall von {confidence} nach Branche, {currency}",
        "Pérdida esperada en la cola (ES) al {confidence} por sector, {currency}",
        "Perdita attesa nella coda (ES) al {confidence} per settore, {currency}";
    ByCountry =
        "Expected shortfall of {confidence} by country, {currency}",
        "Perte extrême moyenne (ES) à {confidence} par pays, {currency}",
        "Expected Shortfall von {confidence} nach Land, {currency}",
        "Pérdida esperada en la cola (ES) al {confidence} por país, {currency}",
        "Perdita attesa nella coda (ES) al {confidence} per paese, {currency}";
    ByCurrency =
        "Expected shortfall of {confidence} by currency, {currency}",
        "Perte extrême moyenne (ES) à {confidence} par devise, {currency}",
        "Expected Shortfall von {confidence} nach Währung, {currency}",
        "Pérdida esperada en la cola (ES) al {confidence} por divisa, {currency}",
        "Perdita attesa nella coda (ES) al {confidence} per valuta, {currency}";
    PositionsGraph =
        "What positions add to the expected shortfall", "Contribution des positions à la perte extrême moyenne",
        "Beiträge der Positionen zum Expected Shortfall", "Contribución de las posiciones a la pérdida esperada",
        "Contributo delle posizioni alla perdita attesa";
    LeftOut =
        "Positions that are not in these figures", "Positions absentes de ces chiffres",
        "Positionen, die in diesen Zahlen fehlen", "Posiciones que no están en estas cifras",
        "Posizioni non comprese in questi dati";
    OnProxies =
        "Positions for which another instrument stands in a part of the scenarios",
        "Positions remplacées par un autre instrument dans une partie des scénarios",
        "Positionen, für die in einem Teil der Szenarien ein anderes Instrument steht",
        "Posiciones sustituidas por otro instrumento en una parte de los escenarios",
        "Posizioni sostituite da un altro strumento in una parte degli scenari";
    Concentration =
        "How much lies in few hands", "Concentration des avoirs", "Konzentration des Vermögens",
        "Concentración de los activos", "Concentrazione delle attività";
    Liquidity =
        "How long it takes to sell what is held", "Liquidité : délai de cession des avoirs",
        "Liquidität: wie lange ein Verkauf dauert", "Liquidez: tiempo necesario para vender la cartera",
        "Liquidità: tempo necessario per vendere il portafoglio";
    FactorSets =
        "How well factors explain the returns", "Part des performances expliquée par les facteurs",
        "Wie gut Faktoren die Renditen erklären", "Cómo explican los factores las rentabilidades",
        "Quanto i fattori spiegano i rendimenti";
    FactorExposures =
        "Exposures to factors", "Expositions aux facteurs", "Faktorexposures", "Exposición a factores",
        "Esposizioni ai fattori";
    Stress =
        "What scenarios would do to the positions, {currency}",
        "Effet de scénarios de crise sur les positions, {currency}",
        "Was Stressszenarien bewirken würden, {currency}",
        "Efecto de escenarios de tensión en las posiciones, {currency}",
        "Effetto di scenari di stress sulle posizioni, {currency}";
    StressGraph =
        "Gain or loss in each scenario", "Gain ou perte dans chaque scénario", "Gewinn oder Verlust je Szenario",
        "Ganancia o pérdida en cada escenario", "Guadagno o perdita in ogni scenario";
    Classes =
        "Classes of risk from 1 to 7", "Classes de risque de 1 à 7", "Risikoklassen von 1 bis 7",
        "Clases de riesgo de 1 a 7", "Classi di rischio da 1 a 7";

    // Key figures.
    ValueAtRiskOf =
        "Value at risk, {confidence}, 1 day", "Valeur en risque, {confidence}, 1 jour",
        "Value at Risk, {confidence}, 1 Tag", "Valor en riesgo, {confidence}, 1 día",
        "Valore a rischio, {confidence}, 1 giorno";
    ShortfallOf =
        "Expected shortfall, {confidence}, 1 day", "Perte extrême moyenne, {confidence}, 1 jour",
        "Expected Shortfall, {confidence}, 1 Tag", "Pérdida esperada, {confidence}, 1 día",
        "Perdita attesa, {confidence}, 1 giorno";
    WorstScenario =
        "Worst scenario of stress", "Pire scénario de crise", "Schlimmstes Stressszenario",
        "Peor escenario de tensión", "Peggiore scenario di stress";

    // Heads of columns.
    Confidence = "Confidence", "Confiance", "Konfidenz", "Confianza", "Confidenza";
    Horizon = "Days ahead", "Horizon en jours", "Horizont in Tagen", "Horizonte en días", "Orizzonte in giorni";
    ValueAtRisk =
        "Value at risk", "Valeur en risque (VaR)", "Value at Risk", "Valor en riesgo (VaR)",
        "Valore a rischio (VaR)";
    Shortfall =
        "Expected shortfall", "Perte extrême moyenne (ES)", "Expected Shortfall", "Pérdida esperada (ES)",
        "Perdita attesa (ES)";
    OfValue = "Of the value", "De la valeur", "Vom Wert", "Del valor", "Del valore";
    Scenarios = "Scenarios", "Scénarios", "Szenarien", "Escenarios", "Scenari";
    OnProxiesPart = "On proxies", "Par substitution", "Durch Stellvertreter", "Por sustitución", "Per sostituzione";
    Proxy = "Stands for it", "Substitut", "Stellvertreter", "Sustituto", "Sostituto";
    ProxyUntil = "Until", "Jusqu’au", "Bis", "Hasta", "Fino al";
    LeftOutPart = "Left out", "Part exclue", "Nicht enthalten", "Excluido", "Escluso";
    Method = "Method", "Méthode", "Verfahren", "Método", "Metodo";
    ValueAtRiskShort =
        "VaR {confidence}", "VaR {confidence}", "VaR {confidence}", "VaR {confidence}", "VaR {confidence}";
    ShortfallShort = "ES {confidence}", "ES {confidence}", "ES {confidence}", "ES {confidence}", "ES {confidence}";
    ProfitAndLoss =
        "Compared with", "Comparée à", "Verglichen mit", "Comparada con", "Confrontata con";
    Days = "Days", "Jours", "Tage", "Días", "Giorni";
    Exceeded = "Exceeded", "Dépassements", "Überschritten", "Excesos", "Superamenti";
    Kupiec = "Kupiec", "Kupiec", "Kupiec", "Kupiec", "Kupiec";
    Independence =
        "Christoffersen, independent", "Christoffersen, indépendance", "Christoffersen, unabhängig",
        "Christoffersen, independencia", "Christoffersen, indipendenza";
    Coverage =
        "Christoffersen, both", "Christoffersen, les deux", "Christoffersen, beides", "Christoffersen, ambos",
        "Christoffersen, entrambi";
    Zone = "Zone", "Zone", "Zone", "Zona", "Zona";
    Multiplier = "Multiplier", "Multiplicateur", "Multiplikator", "Multiplicador", "Moltiplicatore";
    InForce = "In force", "En vigueur", "In Kraft", "En vigor", "In vigore";
    ReturnOfDay = "Return", "Performance", "Rendite", "Rentabilidad", "Rendimento";
    ForecastLoss =
        "Value at risk forecast", "Valeur en risque prévue", "Vorhergesagter Value at Risk",
        "Valor en riesgo previsto", "Valore a rischio previsto";
    Position = "Position", "Position", "Position", "Posición", "Posizione";
    Group = "Group", "Groupe", "Gruppe", "Grupo", "Gruppo";
    Contribution = "Contribution", "Contribution", "Beitrag", "Contribución", "Contributo";
    OfWhole = "Of the whole", "Du total", "Vom Ganzen", "Del total", "Del totale";
    GroupedBy = "Grouped by", "Regroupement", "Gruppiert nach", "Agrupado por", "Raggruppato per";
    Groups = "Groups", "Groupes", "Gruppen", "Grupos", "Gruppi";
    EffectiveNumber =
        "Effective number", "Nombre effectif", "Effektive Anzahl", "Número efectivo", "Numero effettivo";
    LargestGroup = "Largest", "Le plus grand", "Größte", "El mayor", "Il maggiore";
    LargestShare = "Its share", "Sa part", "Deren Anteil", "Su parte", "La sua quota";
    LargestFive = "Largest 5", "Les 5 premiers", "Größte 5", "5 mayores", "Primi 5";
    LargestTen = "Largest 10", "Les 10 premiers", "Größte 10", "10 mayores", "Primi 10";
    UnclassifiedShare = "Unclassified", "Non classé", "Nicht zugeordnet", "Sin clasificar", "Non classificato";
    FigureValue = "Value", "Valeur", "Wert", "Valor", "Valore";
    FactorSet = "Set", "Jeu", "Satz", "Conjunto", "Insieme";
    After = "After", "Après le", "Nach dem", "Después del", "Dopo il";
    Through = "Up to", "Jusqu’au", "Bis", "Hasta el", "Fino al";
    Explained = "Explained (R²)", "Expliqué (R²)", "Erklärt (R²)", "Explicado (R²)", "Spiegato (R²)";
    Factor = "Factor", "Facteur", "Faktor", "Factor", "Fattore";
    Loading = "Loading", "Sensibilité", "Ladung", "Sensibilidad", "Sensibilità";
    StandardError =
        "Standard error", "Erreur type", "Standardfehler", "Error estándar", "Errore standard";
    TStatistic = "t", "t", "t", "t", "t";
    Probability = "Probability", "Probabilité", "Wahrscheinlichkeit", "Probabilidad", "Probabilità";
    OfVariance =
        "Of the variance", "De la variance", "An der Varianz", "De la varianza", "Della varianza";
    Reason = "Reason", "Motif", "Grund", "Motivo", "Motivo";
    Scenario = "Scenario", "Scénario", "Szenario", "Escenario", "Scenario";
    Version = "Version", "Version", "Version", "Versión", "Versione";
    GainOrLoss = "Gain or loss", "Gain ou perte", "Gewinn oder Verlust", "Ganancia o pérdida", "Guadagno o perdita";
    Unreached = "Not reached", "Non touché", "Nicht erfasst", "No alcanzado", "Non toccato";
    Unknown = "Not known", "Non connu", "Nicht bekannt", "No conocido", "Non noto";
    Scale = "Scale", "Échelle", "Skala", "Escala", "Scala";
    Class = "Class", "Classe", "Klasse", "Clase", "Classe";
    VolatilityOf =
        "Volatility a year", "Volatilité annuelle", "Volatilität pro Jahr", "Volatilidad anual",
        "Volatilità annua";
    ClassOfDay = "Class of the day", "Classe du jour", "Klasse des Tages", "Clase del día", "Classe del giorno";
    Returns = "Returns", "Performances", "Renditen", "Rentabilidades", "Rendimenti";
    HoldingYears =
        "Years of holding", "Années de détention", "Haltedauer in Jahren", "Años de tenencia",
        "Anni di detenzione";

    // Names of rows.
    Issuer = "Issuer", "Émetteur", "Emittent", "Emisor", "Emittente";
    Sector = "Sector", "Secteur", "Branche", "Sector", "Settore";
    Country = "Country", "Pays", "Land", "País", "Paese";
    Participation =
        "Part of an average day’s volume that is sold", "Part du volume quotidien moyen vendue",
        "Verkaufter Anteil am durchschnittlichen Tagesvolumen", "Parte del volumen diario medio que se vende",
        "Quota venduta del volume medio giornaliero";
    SoldInOneDay =
        "Sold within 1 day", "Cédé en 1 jour", "Verkauft innerhalb 1 Tages", "Vendido en 1 día",
        "Venduto entro 1 giorno";
    SoldInFiveDays =
        "Sold within 5 days", "Cédé en 5 jours", "Verkauft innerhalb von 5 Tagen", "Vendido en 5 días",
        "Venduto entro 5 giorni";
    SoldInTwentyDays =
        "Sold within 20 days", "Cédé en 20 jours", "Verkauft innerhalb von 20 Tagen", "Vendido en 20 días",
        "Venduto entro 20 giorni";
    UnknownShare =
        "Part of which it is not known", "Part au délai inconnu", "Anteil mit unbekannter Dauer",
        "Parte de plazo desconocido", "Quota con tempi non noti";
    DaysUntilAll =
        "Trading days until everything is sold", "Jours de bourse pour tout céder",
        "Handelstage, bis alles verkauft ist", "Días de negociación hasta vender todo",
        "Giorni di borsa per vendere tutto";
    PositionsHeld =
        "Positions, cash included", "Positions, liquidités comprises", "Positionen samt Liquidität",
        "Posiciones, incluido el efectivo", "Posizioni, liquidità inclusa";
    PositionsUnknown =
        "Positions of which it is not known", "Positions au délai inconnu", "Positionen mit unbekannter Dauer",
        "Posiciones de plazo desconocido", "Posizioni con tempi non noti";
    Specific =
        "What no factor explains", "Part spécifique, non expliquée", "Spezifisch, von keinem Faktor erklärt",
        "Específico, no explicado por los factores", "Specifico, non spiegato dai fattori";
    Historical =
        "Historical simulation", "Simulation historique", "Historische Simulation", "Simulación histórica",
        "Simulazione storica";
    Filtered =
        "Historical simulation scaled by volatility", "Simulation historique ajustée par la volatilité",
        "Historische Simulation, nach Volatilität skaliert", "Simulación histórica ajustada por volatilidad",
        "Simulazione storica corretta per la volatilità";
    Ewma =
        "Normal, exponentially weighted", "Normale, pondération exponentielle", "Normal, exponentiell gewichtet",
        "Normal, ponderación exponencial", "Normale, ponderazione esponenziale";
    CornishFisher =
        "Normal, corrected by Cornish and Fisher", "Normale, correction de Cornish et Fisher",
        "Normal, nach Cornish und Fisher korrigiert", "Normal, corrección de Cornish y Fisher",
        "Normale, correzione di Cornish e Fisher";
    Normal =
        "Normal distribution", "Loi normale", "Normalverteilung", "Distribución normal", "Distribuzione normale";
    Actual =
        "returns of the portfolio", "performances du portefeuille", "Renditen des Portfolios",
        "rentabilidades de la cartera", "rendimenti del portafoglio";
    Hypothetical =
        "positions not traded", "positions inchangées", "unveränderte Positionen", "posiciones sin cambios",
        "posizioni invariate";
    Green = "green", "verte", "grün", "verde", "verde";
    Yellow = "yellow", "jaune", "gelb", "amarilla", "gialla";
    Red = "red", "rouge", "rot", "roja", "rossa";
    NotJudged = "not judged", "sans appréciation", "nicht beurteilt", "sin valorar", "non valutata";
    Yes = "yes", "oui", "ja", "sí", "sì";
    SharesDown20 =
        "Shares fall by 20%", "Les actions baissent de 20 %", "Aktien fallen um 20 %", "Las acciones caen un 20 %",
        "Le azioni scendono del 20%";
    SharesDown40 =
        "Shares fall by 40%", "Les actions baissent de 40 %", "Aktien fallen um 40 %", "Las acciones caen un 40 %",
        "Le azioni scendono del 40%";
    CurrenciesDown10 =
        "Other currencies fall by 10%", "Les autres devises baissent de 10 %", "Andere Währungen fallen um 10 %",
        "Las demás divisas caen un 10 %", "Le altre valute scendono del 10%";
    CurrenciesUp10 =
        "Other currencies rise by 10%", "Les autres devises montent de 10 %", "Andere Währungen steigen um 10 %",
        "Las demás divisas suben un 10 %", "Le altre valute salgono del 10%";
    DotCom =
        "Again as from March 2000 to October 2002", "Répétition de mars 2000 à octobre 2002",
        "Wieder wie von März 2000 bis Oktober 2002", "De nuevo como de marzo de 2000 a octubre de 2002",
        "Di nuovo come da marzo 2000 a ottobre 2002";
    FinancialCrisis =
        "Again as from October 2007 to March 2009", "Répétition d’octobre 2007 à mars 2009",
        "Wieder wie von Oktober 2007 bis März 2009", "De nuevo como de octubre de 2007 a marzo de 2009",
        "Di nuovo come da ottobre 2007 a marzo 2009";
    Pandemic =
        "Again as in February and March 2020", "Répétition de février et mars 2020",
        "Wieder wie im Februar und März 2020", "De nuevo como en febrero y marzo de 2020",
        "Di nuovo come a febbraio e marzo 2020";
    Srri = "SRRI (UCITS)", "SRRI (OPCVM)", "SRRI (OGAW)", "SRRI (OICVM)", "SRRI (OICVM)";
    MarketRisk =
        "Market risk measure (PRIIPs)", "Mesure du risque de marché (PRIIPs)", "Marktrisikomaß (PRIIPs)",
        "Medida del riesgo de mercado (PRIIPs)", "Misura del rischio di mercato (PRIIPs)";
}
}

sentences! {
/// A sentence of the report on risk.
RiskSentence {
    Estimates =
        "Value at risk and expected shortfall are losses; a scenario that loses has a minus. All are estimates of what \
         may happen, not limits of what can.",
        "La valeur en risque et la perte extrême moyenne sont des pertes ; un scénario défavorable porte le signe \
         moins. Tous ces chiffres sont des estimations, et non des limites.";
    NotMade =
        "it was not computed for this date", "ce chiffre n’a pas été calculé pour cette date";
    NoForecast =
        "there is no forecast for the day", "aucune prévision n’existe pour ce jour";
    NoReturn =
        "the portfolio has no return on the day", "le portefeuille n’a pas de performance ce jour";
    NotExceeded =
        "the day did not lose more than its value at risk", "le jour n’a pas perdu plus que sa valeur en risque";
    WholeIsZero =
        "the whole is zero", "le total est nul";
    NoBacktest =
        "No forecast of this portfolio has been compared with what followed: a method needs at least 250 daily returns \
         before it makes one.",
        "Aucune prévision n’a encore été comparée à ce qui a suivi : une méthode exige au moins 250 performances \
         quotidiennes.";
    NothingExceeded =
        "No day lost more than the value at risk of {confidence} that was forecast for it.",
        "Aucun jour n’a perdu plus que la valeur en risque à {confidence} prévue pour lui.";
    NoFactors =
        "No factors were set beside the returns of this portfolio in this month: its market brings none, or they were \
         not computed.",
        "Aucun facteur n’a été rapproché des performances de ce portefeuille ce mois-ci : son marché n’en fournit pas, \
         ou le calcul n’a pas été fait.";
    NoError =
        "the loading has no error: the factors explain every return",
        "la sensibilité est sans erreur : les facteurs expliquent toutes les performances";
    NoScenario =
        "No scenario of stress was computed for this date.",
        "Aucun scénario de crise n’a été calculé pour cette date.";
    NoClass =
        "No class of risk was computed for this date.", "Aucune classe de risque n’a été calculée pour cette date.";
    OnlyPriips = "it belongs to the PRIIPs scale alone", "cette donnée n’existe que pour l’échelle PRIIPs";
    MultiplierOfOthers =
        "it is defined for 250 days and a confidence of 99% alone",
        "il n’est défini que pour 250 jours et une confiance de 99 %";

    // What the figures mean.
    MeaningOfValueAtRisk =
        "Value at risk: the loss in {currency} or of the value that a day exceeds with the probability that the \
         confidence leaves, e.g. one day in a hundred at 99%.",
        "Valeur en risque (VaR) : perte en {currency}, ou part de la valeur, qu’un jour dépasse avec la probabilité \
         que laisse le niveau de confiance, par exemple un jour sur cent à 99 %.";
    MeaningOfShortfall =
        "Expected shortfall: the mean loss of the days beyond the confidence.",
        "Perte extrême moyenne (expected shortfall) : perte moyenne des jours au-delà du niveau de confiance.";
    MeaningOfSimulation =
        "What the positions may lose: the positions of the date put through what happened on each of the last \
         valuation dates of the market, as many as the column says. Left out: the part of all values whose instruments \
         lack returns; nothing takes its place.",
        "Ce que les positions peuvent perdre : positions de la date soumises à ce qui s’est produit à chacune des \
         dernières dates de valorisation du marché, en nombre indiqué. Part exclue : part des valeurs dont les \
         instruments n’ont pas d’historique ; rien ne la remplace.";
    MeaningOfForecasts =
        "Forecasts: what each method says of the next valuation date from the daily returns of two years up to this \
         one, as a part of the value. The method in force is the first in the order of the table that is red by \
         neither comparison; one that turns red is demoted.",
        "Prévisions : ce que chaque méthode dit de la prochaine date de valorisation d’après les performances \
         quotidiennes des deux années précédentes, en part de la valeur. La méthode en vigueur est la première, dans \
         l’ordre du tableau, qui n’est rouge dans aucune des deux comparaisons ; une méthode qui passe au rouge est \
         écartée.";
    MeaningOfBacktests =
        "Comparison: each forecast against the return of the next valuation date, and against what the positions would \
         have returned without trades, on the last 250 days. Kupiec asks whether days were exceeded as often as \
         promised, Christoffersen whether they were independent of each other, and both together; each figure is the \
         probability that a method that is right looks at least as wrong. Zone: the traffic light of the Basel \
         Committee; multiplier: that of its standard of 2019 for own funds.",
        "Contrôle : chaque prévision comparée à la performance de la date de valorisation suivante, et à celle des \
         positions inchangées, sur les 250 derniers jours. Kupiec teste si les dépassements sont aussi fréquents que \
         prévu, Christoffersen s’ils sont indépendants entre eux, puis les deux ; chaque chiffre est la probabilité \
         qu’une méthode juste paraisse au moins aussi fausse. Zone : feu tricolore du Comité de Bâle ; \
         multiplicateur : celui de sa norme de 2019 sur les fonds propres.";
    MeaningOfContributions =
        "Contribution (Euler): the mean loss of a position in the scenarios in which the portfolio loses most. \
         Contributions add up to the expected shortfall; a negative one makes the loss smaller. An instrument of which \
         a part belongs to a group counts with that part.",
        "Contribution (Euler) : perte moyenne d’une position dans les scénarios où le portefeuille perd le plus. La \
         somme des contributions est la perte extrême moyenne ; une contribution négative réduit la perte. Un \
         instrument dont une part appartient à un groupe compte pour cette part.";
    MeaningOfConcentration =
        "Concentration: positions of one group are added up, then each group counts with its size, regardless of sign, \
         as a part of the sum of all sizes. Effective number: as many groups of one size would be as concentrated, one \
         over the Herfindahl index, the sum of the squared shares. Cash is a group of its own, by currency each \
         currency; what nobody has classified is one group, too, and its share is told: where it is large the other \
         figures say little.",
        "Concentration : les positions d’un même groupe sont additionnées, puis chaque groupe compte pour sa taille, \
         sans égard au signe, rapportée à la somme des tailles. Nombre effectif : nombre de groupes égaux qui serait \
         aussi concentré, inverse de l’indice de Herfindahl, somme des carrés des parts. Les liquidités forment un \
         groupe ; ce qui n’est pas classé en forme un aussi, dont la part est indiquée : si elle est importante, les \
         autres chiffres sont peu significatifs.";
    MeaningOfLiquidity =
        "Days to sell: the units held over the stated part of the average daily volume, the mean of the volumes known \
         on the last 20 valuation dates of the market, at least 10 of them; a short position takes as long to buy \
         back. Sold within: the part of the value of all positions, regardless of sign. Cash is there at once, an \
         overdraft belongs to no share, and what is not known counts as not sold. What selling does to prices is not \
         in the figures.",
        "Délai de cession : quantité détenue rapportée à la part indiquée du volume quotidien moyen, moyenne des \
         volumes connus aux 20 dernières dates de valorisation du marché, au moins 10 ; une position vendeuse met \
         autant de temps à être rachetée. Cédé en : part de la valeur de toutes les positions, sans égard au signe. \
         Les liquidités sont disponibles de suite, un découvert n’entre dans aucune part et ce qui n’est pas connu \
         compte comme non cédé. L’effet des ventes sur les cours n’est pas compris.";
    MeaningOfFactors =
        "Factors: the daily returns, above the rate without risk where there is one, explained by what the factors of \
         a set returned on the same days, by least squares. The days end with the month before the last one, for \
         factors are published late. Loading: what the return moves with one unit of the factor; error by Newey and \
         West (1987); probability of a loading this far from zero where there is nothing. The parts of the variance \
         add up to the whole; a negative one calms the others.",
        "Facteurs : performances quotidiennes, au-delà du taux sans risque s’il existe, expliquées par celles des \
         facteurs d’un jeu aux mêmes jours, par les moindres carrés. La période s’achève avec l’avant-dernier mois, \
         car les facteurs sont publiés tardivement. Sensibilité : variation de la performance pour une unité du \
         facteur ; erreur type de Newey et West (1987) ; probabilité d’une sensibilité aussi éloignée de zéro en \
         l’absence de lien. Les parts de la variance s’additionnent ; une part négative atténue les autres.";
    MeaningOfStress =
        "Scenarios: what the positions as they are would gain or lose if it happened at once. Not reached: the part of \
         the values that no change touches. Not known: the part of which nobody knows what would happen.",
        "Scénarios : ce que les positions actuelles gagneraient ou perdraient si l’événement survenait d’un coup. Non \
         touché : part des valeurs qu’aucun choc n’atteint. Non connu : part dont nul ne sait ce qu’il adviendrait.";
    MeaningOfClasses =
        "Classes: from 1, least risk, to 7, most. SRRI by the volatility of 260 weekly returns (CESR/10-673); it \
         changes only when four months of weeks lie in another class. Market risk measure by the value at risk of \
         97.5% over the years of holding (Regulation (EU) 2017/653, annex II, category 2), without a credit risk. \
         Neither replaces a document that the law prescribes.",
        "Classes : de 1, risque le plus faible, à 7, le plus élevé. SRRI selon la volatilité de 260 performances \
         hebdomadaires (CESR/10-673) ; elle ne change que si quatre mois de semaines se situent dans une autre classe. \
         Mesure du risque de marché selon la valeur en risque à 97,5 % sur la durée de détention (règlement (UE) \
         2017/653, annexe II, catégorie 2), sans risque de crédit. Aucune ne remplace un document prescrit par la loi.";
    MeaningOfSums =
        "Totals are sums of the printed figures; rounding may put them slightly beside the figure of the whole.",
        "Les totaux sont les sommes des chiffres imprimés ; l’arrondi peut les écarter légèrement du chiffre \
         d’ensemble.";
}
}
