//! The words of the depreciation notice.

use super::words::{labels, sentences};

labels! {
/// A short text of the depreciation notice.
NoticeLabel {
    TheFall =
        "The fall, {currency}", "La baisse, {currency}", "Der Wertverlust, {currency}", "La depreciación, {currency}",
        "La perdita di valore, {currency}";
    ReferenceValue =
        "Value at the beginning", "Valeur au début", "Wert zu Beginn", "Valor al inicio", "Valore all’inizio";
    NetInflow =
        "Deposits less withdrawals", "Apports nets des retraits", "Nettozuflüsse", "Aportaciones netas",
        "Conferimenti netti";
    ValueOn = "Value on {date}", "Valeur au {date}", "Wert am {date}", "Valor a {date}", "Valore al {date}";
    AdjustedValue =
        "Value adjusted for flows", "Valeur hors flux", "Wert ohne Zu- und Abflüsse", "Valor sin flujos",
        "Valore al netto dei flussi";
    ChangeSinceBeginning =
        "Change since the beginning", "Variation depuis le début", "Veränderung seit Beginn",
        "Variación desde el inicio", "Variazione dall’inizio";
    DeepestThreshold =
        "Threshold exceeded", "Seuil dépassé", "Überschrittene Schwelle", "Umbral superado", "Soglia superata";
    Thresholds =
        "Thresholds of the reporting period", "Seuils de la période de reporting", "Schwellen des Berichtszeitraums",
        "Umbrales del período de información", "Soglie del periodo di riferimento";
    Threshold = "Threshold", "Seuil", "Schwelle", "Umbral", "Soglia";
    ExceededOn =
        "First exceeded on", "Dépassé pour la première fois le", "Erstmals überschritten am",
        "Superado por primera vez el", "Superata per la prima volta il";
    ThisNotice = "Told by", "Objet de", "Gemeldet durch", "Comunicado por", "Comunicata con";
    ByThisNotice =
        "this notice", "le présent avis", "diese Mitteilung", "el presente aviso", "la presente comunicazione";
    ByEarlierNotice =
        "an earlier notice", "un avis antérieur", "eine frühere Mitteilung", "un aviso anterior",
        "una comunicazione precedente";
    Course =
        "Value adjusted for flows since the beginning, {currency}", "Valeur hors flux depuis le début, {currency}",
        "Wert ohne Zu- und Abflüsse seit Beginn, {currency}", "Valor sin flujos desde el inicio, {currency}",
        "Valore al netto dei flussi dall’inizio, {currency}";
    Passages =
        "Days on which a threshold was passed", "Jours de franchissement d’un seuil",
        "Tage, an denen eine Schwelle durchschritten wurde", "Días en que se cruzó un umbral",
        "Giorni in cui una soglia è stata attraversata";
    Passage = "What happened", "Événement", "Ereignis", "Hecho", "Evento";
    FellThrough =
        "fell through {threshold}", "passage sous {threshold}", "unter {threshold} gefallen",
        "cayó por debajo de {threshold}", "sceso sotto {threshold}";
    FellAgain =
        "fell through {threshold} again", "nouveau passage sous {threshold}", "erneut unter {threshold} gefallen",
        "cayó de nuevo por debajo de {threshold}", "sceso di nuovo sotto {threshold}";
    Recovered =
        "rose above {threshold}", "retour au-dessus de {threshold}", "über {threshold} gestiegen",
        "subió por encima de {threshold}", "risalito sopra {threshold}";
    FallenPositions =
        "Positions that fell", "Positions en baisse", "Gefallene Positionen", "Posiciones que cayeron",
        "Posizioni in perdita";
    HeldSince = "Held since", "Détenue depuis", "Gehalten seit", "Mantenida desde", "Detenuta dal";
    InitialValue = "Initial value", "Valeur initiale", "Anfangswert", "Valor inicial", "Valore iniziale";
    ChangeOfInitial =
        "Change", "Variation", "Veränderung", "Variación", "Variazione";
    AboutThisNotice =
        "Why you receive this notice", "Pourquoi vous recevez cet avis", "Warum Sie diese Mitteilung erhalten",
        "Por qué recibe este aviso", "Perché riceve questa comunicazione";
}
}

sentences! {
/// A sentence of the depreciation notice.
NoticeSentence {
    TheFallNote =
        "The beginning is that of the reporting period. The value adjusted for flows, without deposits and withdrawals \
         since then, is the value at the beginning with the time-weighted return, net of fees and taxes.",
        "Le début est celui de la période de reporting. La valeur hors flux, c’est-à-dire sans les apports et retraits \
         depuis lors, est la valeur au début augmentée de la performance pondérée par le temps, nette de frais et de \
         taxes.";
    Detected =
        "On {date} the overall value of your portfolio had fallen by {threshold} or more since {opening}, the last day \
         before the current reporting period. It was detected when the portfolio was valued for {date}.",
        "Le {date}, la valeur globale de votre portefeuille avait baissé de {threshold} ou plus depuis le {opening}, \
         dernier jour avant la période de reporting en cours. Cette baisse a été constatée lors de la valorisation du \
         portefeuille au {date}.";
    NothingDetected =
        "No threshold that was not told before was exceeded on {date}.",
        "Aucun seuil non encore signalé n’a été dépassé le {date}.";
    TheRule =
        "Article 62(1) of Delegated Regulation (EU) 2017/565: the client is told when the overall value of the \
         portfolio, as evaluated at the beginning of each reporting period, depreciates by 10%, and at each further \
         multiple of 10%, no later than the end of the business day in which the threshold is exceeded, or, if that \
         is no business day, of the next one.",
        "Article 62, paragraphe 1, du règlement délégué (UE) 2017/565 : le client est informé lorsque la valeur \
         globale du portefeuille, évaluée au début de chaque période de reporting, baisse de 10 %, puis à chaque \
         multiple de 10 %, au plus tard à la fin du jour ouvrable au cours duquel le seuil est dépassé ou, si le \
         seuil est dépassé un jour non ouvrable, à la fin du jour ouvrable suivant.";
    ThePeriod =
        "The reporting period is the calendar quarter. A portfolio that began inside it is measured by what was first \
         paid in.",
        "La période de reporting est le trimestre civil. Un portefeuille ouvert en cours de période est mesuré par \
         rapport au premier apport.";
    TheMethod =
        "Deposits and withdrawals are no rise and no fall: the change is the time-weighted return, in which each day's \
         deposits count from its start and its withdrawals until its end.",
        "Les apports et retraits ne constituent ni une hausse ni une baisse : la variation est la performance pondérée \
         par le temps, dans laquelle les apports du jour comptent dès son début et les retraits jusqu’à sa fin.";
    OncePerStep =
        "Each threshold is told once in a reporting period. If the value rises and falls through it again, no further \
         notice is sent; the passages above show it. With the next period all thresholds begin anew.",
        "Chaque seuil est signalé une seule fois par période de reporting. Si la valeur remonte puis repasse sous le \
         seuil, aucun autre avis n’est envoyé ; les franchissements ci-dessus en rendent compte. Tous les seuils sont \
         réinitialisés à la période suivante.";
    NotByInstrument =
        "This notice is about the portfolio as a whole. Notices by instrument for leveraged positions (Article 62(2)) \
         are not part of it.",
        "Cet avis porte sur le portefeuille dans son ensemble. Les avis par instrument relatifs aux positions à effet \
         de levier (article 62, paragraphe 2) n’en font pas partie.";
    PositionsDetected =
        "The positions above had fallen through one or more multiples of 10% of their initial values when they were \
         valued for {date}.",
        "Les positions ci-dessus avaient franchi à la baisse un ou plusieurs multiples de 10 % de leur valeur initiale \
         lors de leur valorisation au {date}.";
    TheRuleByInstrument =
        "Article 62(2) of Delegated Regulation (EU) 2017/565: the client whose account has positions in leveraged \
         financial instruments or contingent liability transactions is told, instrument by instrument, when the \
         initial value of one depreciates by 10%, and at each further multiple of 10%, no later than the end of the \
         business day in which the threshold is exceeded, or, if that is no business day, of the next one.",
        "Article 62, paragraphe 2, du règlement délégué (UE) 2017/565 : le client dont le compte comprend des \
         positions sur des instruments financiers à effet de levier ou des transactions impliquant des passifs \
         éventuels est informé, instrument par instrument, lorsque la valeur initiale de l’un d’eux baisse de 10 %, \
         puis à chaque multiple de 10 %, au plus tard à la fin du jour ouvrable au cours duquel le seuil est dépassé \
         ou, si ce n’est pas un jour ouvrable, du jour ouvrable suivant.";
    TheMethodByInstrument =
        "The initial value is what the units held cost, without fees and taxes, in the currency of the instrument; of \
         units sold short it is what they brought. Units bought later count with their own cost, and units sold take \
         theirs with them. Exchange rates are no part of it.",
        "La valeur initiale est le coût des unités détenues, hors frais et taxes, dans la devise de l’instrument ; \
         pour les ventes à découvert, c’est leur produit. Les unités achetées ensuite comptent pour leur propre coût, \
         et les unités vendues emportent le leur. Les taux de change n’y entrent pas.";
    OncePerPosition =
        "Each multiple is told once as long as the position is open.",
        "Chaque multiple est signalé une seule fois tant que la position est ouverte.";
    PositionUnknown =
        "its cost or its value on the date is not known", "son coût ou sa valeur à cette date n’est pas connu";
    NoFall = "the fall of this date is not known", "la baisse à cette date n’est pas connue";
    FlowUnknown = "a deposit or a withdrawal is not known", "un apport ou un retrait n’est pas connu";
}
}
