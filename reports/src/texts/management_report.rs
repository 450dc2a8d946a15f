//! The words of the report on the firm.

use super::words::{labels, sentences};

labels! {
/// A short text of the report on the firm.
ManagementLabel {
    // Headings.
    NotInTheSums =
        "What is in no sum", "Ce qui n’est dans aucune somme", "Was in keiner Summe steht",
        "Lo que no está en ninguna suma", "Ciò che non è in nessuna somma";
    Assets =
        "Assets under management by base currency, {currency}", "Actifs sous gestion par devise de base, {currency}",
        "Verwaltetes Vermögen nach Basiswährung, {currency}", "Activos gestionados por divisa base, {currency}",
        "Patrimonio gestito per valuta di base, {currency}";
    Classes =
        "Assets at the end by asset class, {currency}", "Actifs à la fin par classe d’actifs, {currency}",
        "Vermögen am Ende nach Anlageklasse, {currency}", "Activos al final por clase, {currency}",
        "Patrimonio finale per classe, {currency}";
    Fees =
        "Fees charged to portfolios", "Frais facturés aux portefeuilles", "Den Portfolios berechnete Gebühren",
        "Comisiones cobradas a las carteras", "Commissioni addebitate ai portafogli";
    Returns =
        "Returns of the portfolios in the period", "Rendements des portefeuilles sur la période",
        "Renditen der Portfolios im Zeitraum", "Rentabilidades de las carteras en el período",
        "Rendimenti dei portafogli nel periodo";
    Backtests =
        "Backtests in force, by traffic light", "Contrôles a posteriori en vigueur, par couleur",
        "Geltende Backtests nach Ampelfarbe", "Pruebas retrospectivas vigentes, por color",
        "Backtest in vigore, per colore";
    HighestRisks =
        "Highest values at risk", "Valeurs en risque les plus élevées", "Höchste Value-at-Risk-Werte",
        "Valores en riesgo más altos", "Valori a rischio più alti";
    Findings =
        "Findings of the checks on {date}", "Constats des contrôles au {date}",
        "Feststellungen der Prüfungen am {date}", "Observaciones de los controles a {date}",
        "Rilievi dei controlli al {date}";

    // Assets.
    AssetsAtStart =
        "Assets at the start", "Actifs au début", "Vermögen zu Beginn", "Activos al inicio", "Patrimonio iniziale";
    AssetsAtEnd = "Assets at the end", "Actifs à la fin", "Vermögen am Ende", "Activos al final", "Patrimonio finale";
    PortfoliosAtStart =
        "Portfolios at the start", "Portefeuilles au début", "Portfolios zu Beginn", "Carteras al inicio",
        "Portafogli iniziali";
    PortfoliosOpened =
        "New portfolios", "Nouveaux portefeuilles", "Neue Portfolios", "Carteras nuevas", "Portafogli nuovi";
    PortfoliosClosed =
        "Closed portfolios", "Portefeuilles clos", "Geschlossene Portfolios", "Carteras cerradas", "Portafogli chiusi";
    PortfoliosAtEnd =
        "Portfolios at the end", "Portefeuilles à la fin", "Portfolios am Ende", "Carteras al final",
        "Portafogli finali";
    BaseCurrency = "Base currency", "Devise de base", "Basiswährung", "Divisa base", "Valuta di base";
    CountAtStart = "Valued, start", "Valorisés, début", "Bewertet, Beginn", "Valoradas, inicio", "Valutati, inizio";
    CountAtEnd = "Valued, end", "Valorisés, fin", "Bewertet, Ende", "Valoradas, final", "Valutati, fine";
    InBaseCurrency =
        "End, in base currency", "Fin, en devise de base", "Ende, in Basiswährung", "Final, en divisa base",
        "Fine, in valuta di base";
    OtherClasses =
        "Rounding, other classes, and portfolios not valued on the last day",
        "Arrondis, autres classes et portefeuilles non valorisés au dernier jour",
        "Rundung, andere Klassen und am letzten Tag nicht bewertete Portfolios",
        "Redondeo, otras clases y carteras no valoradas en el último día",
        "Arrotondamenti, altre classi e portafogli non valutati nell’ultimo giorno";
    Step = "Step", "Étape", "Schritt", "Concepto", "Voce";
    Amount = "Amount", "Montant", "Betrag", "Importe", "Importo";
    Translation =
        "Exchange rates of base currencies", "Taux de change des devises de base", "Wechselkurse der Basiswährungen",
        "Tipos de cambio de las divisas base", "Cambi delle valute di base";
    Left =
        "Last value of closed portfolios", "Dernière valeur des portefeuilles clos",
        "Letzter Wert geschlossener Portfolios", "Último valor de carteras cerradas",
        "Ultimo valore dei portafogli chiusi";
    Unexplained =
        "Rounding, and what no step explains", "Arrondis et écarts inexpliqués", "Rundung und Unerklärtes",
        "Redondeo y diferencias sin explicar", "Arrotondamenti e differenze non spiegate";

    // Returns and risk.
    WithReturn =
        "Portfolios with a return", "Portefeuilles avec rendement", "Portfolios mit Rendite",
        "Carteras con rentabilidad", "Portafogli con rendimento";
    WithoutReturn =
        "Portfolios without a return", "Portefeuilles sans rendement", "Portfolios ohne Rendite",
        "Carteras sin rentabilidad", "Portafogli senza rendimento";
    Best = "Best", "Meilleur", "Beste", "Mejor", "Migliore";
    UpperQuartile =
        "Upper quartile", "Quartile supérieur", "Oberes Quartil", "Cuartil superior", "Quartile superiore";
    Median = "Median", "Médiane", "Median", "Mediana", "Mediana";
    LowerQuartile =
        "Lower quartile", "Quartile inférieur", "Unteres Quartil", "Cuartil inferior", "Quartile inferiore";
    Worst = "Worst", "Moins bon", "Schlechteste", "Peor", "Peggiore";
    BelowZero = "Part below zero", "Part négative", "Anteil unter null", "Parte bajo cero", "Quota sotto zero";
    Light = "Traffic light", "Couleur", "Ampel", "Color", "Colore";
    Portfolios = "Portfolios", "Portefeuilles", "Portfolios", "Carteras", "Portafogli";
    Green = "Green", "Vert", "Grün", "Verde", "Verde";
    Yellow = "Yellow", "Jaune", "Gelb", "Amarillo", "Giallo";
    Red = "Red", "Rouge", "Rot", "Rojo", "Rosso";
    NoBacktest = "None on the day", "Aucun à cette date", "Keiner am Tag", "Ninguna en la fecha", "Nessuno alla data";
    RiskOfValue =
        "Value at risk, of value", "Valeur en risque, de la valeur", "Value-at-Risk, vom Wert",
        "Valor en riesgo, del valor", "Valore a rischio, del valore";
    OtherPortfolios =
        "and {count} other portfolios", "et {count} autres portefeuilles", "und {count} weitere Portfolios",
        "y otras {count} carteras", "e altri {count} portafogli";

    // Checks.
    Check = "Check", "Contrôle", "Prüfung", "Control", "Controllo";
    Severity = "Severity", "Gravité", "Schwere", "Gravedad", "Gravità";
    OtherChecks = "Other checks", "Autres contrôles", "Andere Prüfungen", "Otros controles", "Altri controlli";

    // Documents and messages.
    Documents =
        "Documents about the period", "Documents sur la période", "Dokumente über den Zeitraum",
        "Documentos sobre el período", "Documenti sul periodo";
    Messages =
        "Messages that announce them", "Messages qui les annoncent", "Nachrichten darüber",
        "Mensajes que los anuncian", "Messaggi che li annunciano";
    Document = "Document", "Document", "Dokument", "Documento", "Documento";
    Published = "Published", "Publiés", "Veröffentlicht", "Publicados", "Pubblicati";
    Restated = "Restated", "Rectifiés", "Berichtigt", "Rectificados", "Rettificati";
    Blocked = "Blocked", "Bloqués", "Blockiert", "Bloqueados", "Bloccati";
    Delivered = "Delivered", "Remis", "Zugestellt", "Entregados", "Consegnati";
    Waiting = "Waiting", "En attente", "Wartend", "En espera", "In attesa";
    GivenUp = "Given up", "Abandonnés", "Aufgegeben", "Abandonados", "Abbandonati";
    Returned = "Returned", "Revenus", "Zurückgekommen", "Devueltos", "Tornati";
    NotWanted = "Not wanted", "Non souhaités", "Nicht erwünscht", "No deseados", "Non desiderati";
}
}

sentences! {
/// A sentence of the report on the firm.
ManagementSentence {
    CurrencyChosen =
        "Sums are in {currency}, the reporting currency of the firm, and of what is known.",
        "Les sommes sont en {currency}, la devise de présentation de l’établissement, et portent sur ce qui est \
         connu.";
    CurrencyOfMost =
        "Sums are in {currency}, the base currency of most portfolios: the firm has set no reporting currency. They \
         are of what is known.",
        "Les sommes sont en {currency}, la devise de base de la plupart des portefeuilles : l’établissement n’a pas \
         choisi de devise de présentation. Elles portent sur ce qui est connu.";
    NoRate =
        "{count} portfolios in {own}, worth {start} at the start and {end} at the end, are in no sum: there is no \
         rate between {own} and {currency} for {dates}.",
        "{count} portefeuilles en {own}, valant {start} au début et {end} à la fin, ne sont dans aucune somme : il \
         n’y a pas de taux entre {own} et {currency} pour {dates}.";
    NoValue =
        "{count} portfolios have no value on {date} or in the 31 days before it: {named} and {others} others.",
        "{count} portefeuilles n’ont pas de valeur au {date} ni dans les 31 jours précédents : {named} et {others} \
         autres.";
    UnknownSteps =
        "{count} steps of the change in value are not known in figures.",
        "{count} étapes de la variation de la valeur ne sont pas chiffrées.";
    AllInTheSums =
        "Every portfolio is in every sum.", "Chaque portefeuille est dans chaque somme.";
    NoPortfolios =
        "The firm has no portfolio with a value.", "L’établissement n’a aucun portefeuille valorisé.";
    NoFees = "No fees were charged in the period.", "Aucun frais n’a été facturé sur la période.";
    NoRisk =
        "No portfolio has a value at risk on the last day.",
        "Aucun portefeuille n’a de valeur en risque au dernier jour.";
    NothingFound = "The checks found nothing.", "Les contrôles n’ont rien constaté.";
    NothingPublished =
        "On {date} at {time} no document about the period was published, and none was blocked.",
        "Le {date} à {time}, aucun document sur la période n’était publié, et aucun n’était bloqué.";

    // What figures mean.
    MeaningOfPortfolios =
        "Portfolios at the start are those of the day before the period. New ones began in it. Closed ones ended \
         before its last day; one that ends on that day is still there.",
        "Les portefeuilles au début sont ceux de la veille de la période. Les nouveaux y ont commencé. Les clos se \
         sont terminés avant son dernier jour ; celui qui se termine ce jour-là y est encore.";
    MeaningOfAssets =
        "Each portfolio counts with its value of the day or its last one of the 31 days before it, at the exchange \
         rate of the day from its own source. Totals are sums of what is printed.",
        "Chaque portefeuille compte pour sa valeur du jour ou la dernière des 31 jours précédents, au taux de change \
         du jour de sa propre source. Les totaux sont les sommes des montants imprimés.";
    MeaningOfClasses =
        "Asset classes are those of what was valued on the last day itself. The sum is that of the assets at the end.",
        "Les classes d’actifs sont celles de ce qui a été valorisé au dernier jour même. La somme est celle des actifs \
         à la fin.";
    MeaningOfBridge =
        "Steps are those of the portfolios in their base currencies, at the exchange rate of the last day. What the \
         change of that rate made of the assets at the start is a step of its own.",
        "Les étapes sont celles des portefeuilles dans leurs devises de base, au taux de change du dernier jour. \
         L’effet de la variation de ce taux sur les actifs au début est une étape à part.";
    MeaningOfReturns =
        "Returns are time-weighted, after everything that was booked, and in the base currency of each portfolio; \
         those that end in the last seven days of the period count. Quartiles lie between the two nearest returns in \
         proportion.",
        "Les rendements sont pondérés par le temps, après toutes les écritures, dans la devise de base de chaque \
         portefeuille ; ceux qui se terminent dans les sept derniers jours de la période comptent. Les quartiles \
         s’interpolent entre les deux rendements les plus proches.";
    MeaningOfLights =
        "The traffic light is that of the method in force for one day in a hundred on the last day, the worse one of \
         actual and hypothetical results; red are portfolios of which all methods are.",
        "La couleur est celle de la méthode en vigueur pour un jour sur cent au dernier jour, la moins bonne des \
         résultats réels et hypothétiques ; le rouge signale les portefeuilles dont toutes les méthodes le sont.";
    MeaningOfRisk =
        "The value at risk is the loss in a day that historical simulation expects to be exceeded on one day in a \
         hundred, as a part of the value of the portfolio on the last day.",
        "La valeur en risque est la perte d’un jour que la simulation historique s’attend à voir dépassée un jour \
         sur cent, rapportée à la valeur du portefeuille au dernier jour.";
    MeaningOfFindings =
        "Findings are those of the last day of the period; one that blocks keeps back the statements of its \
         portfolio.",
        "Les constats sont ceux du dernier jour de la période ; un constat bloquant retient les relevés de son \
         portefeuille.";
    MeaningOfDocuments =
        "Documents and messages are those about periods that end in the period of this report, as they stood on \
         {date} at {time}. Published are first versions, restated later ones; blocked are documents that were due and \
         could not be made up to then. A message announces one document to one recipient on one channel; one mail may \
         carry several.",
        "Les documents et messages portent sur les périodes qui se terminent dans celle de ce rapport, dans leur état \
         du {date} à {time}. Les publiés sont les premières versions, les rectifiés les suivantes ; les bloqués sont \
         les documents qui étaient dus et n’avaient pu être établis. Un message annonce un document à un destinataire \
         par un canal ; un courriel peut en porter plusieurs.";
}
}
