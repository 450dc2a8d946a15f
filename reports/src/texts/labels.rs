//! Labels: headings, heads of columns, names of rows and short phrases, complete in every language.
//!
//! A line is one label in English, French, German, Spanish and Italian. Braces name what is filled in. A label that
//! lacks a language does not compile.

use super::words::labels;

labels! {
/// A short text that several documents have.
Label {
    // What every document has.
    PortfolioStatement =
        "Portfolio statement", "Relevé de portefeuille", "Vermögensbericht", "Informe de cartera",
        "Rendiconto di portafoglio";
    ClientAssets =
        "Statement of client assets", "Relevé des avoirs du client", "Aufstellung des Kundenvermögens",
        "Estado de activos del cliente", "Rendiconto delle attività del cliente";
    TransactionList =
        "List of transactions", "Liste des opérations", "Umsatzliste", "Relación de operaciones",
        "Elenco delle operazioni";
    TaxReport =
        "Tax report", "Récapitulatif fiscal", "Steuerreport", "Informe fiscal", "Rendiconto fiscale";
    CostsAndCharges =
        "Annual statement of costs and charges", "Relevé annuel des coûts et frais",
        "Jährlicher Ausweis der Kosten und Nebenkosten", "Informe anual de costes y gastos",
        "Rendiconto annuale di costi e oneri";
    ExecutionConfirmation =
        "Execution confirmation", "Avis d’opéré", "Ausführungsbestätigung", "Confirmación de ejecución",
        "Conferma di esecuzione";
    DepreciationNotice =
        "Depreciation notice", "Avis de dépréciation", "Mitteilung über Verlustschwelle", "Aviso de depreciación",
        "Comunicazione di perdita di valore";
    LeveragedNotice =
        "Notice on leveraged positions", "Avis sur les positions à effet de levier",
        "Mitteilung über gehebelte Positionen", "Aviso sobre posiciones apalancadas",
        "Comunicazione sulle posizioni con leva";
    PerformanceReport =
        "Performance report", "Rapport de performance", "Performancebericht", "Informe de rentabilidad",
        "Rendiconto sul rendimento";
    RiskReport =
        "Risk report", "Rapport de risque", "Risikobericht", "Informe de riesgo", "Rendiconto sul rischio";
    GipsCompositeReport =
        "GIPS composite report", "Rapport GIPS du composite", "GIPS-Composite-Bericht", "Informe GIPS del composite",
        "Rendiconto GIPS del composite";
    CompositeReport =
        "Composite report", "Rapport du composite", "Composite-Bericht", "Informe del composite",
        "Rendiconto del composite";
    ManagementReport =
        "Management report", "Rapport de direction", "Bericht an die Geschäftsleitung", "Informe de gestión",
        "Rendiconto per la direzione";
    Portfolio = "Portfolio", "Portefeuille", "Portfolio", "Cartera", "Portafoglio";
    Group = "Group", "Groupe", "Gruppe", "Grupo", "Gruppo";
    Firm = "Firm", "Établissement", "Firma", "Entidad", "Impresa";
    DataGrade = "data grade", "qualité des données", "Datenqualität", "calidad de datos", "qualità dei dati";
    FromTo = "{from} to {to}", "du {from} au {to}", "{from} bis {to}", "del {from} al {to}", "dal {from} al {to}";
    PageOf =
        "Page {number} of {count}", "Page {number} sur {count}", "Seite {number} von {count}",
        "Página {number} de {count}", "Pagina {number} di {count}";
    Run = "run", "traitement", "Lauf", "proceso", "elaborazione";
    Continued =
        "{title}, continued", "{title} (suite)", "{title} (Fortsetzung)", "{title} (continuación)", "{title} (segue)";
    NoneInPeriod =
        "none in this period", "néant sur la période", "keine in diesem Zeitraum", "ninguno en este período",
        "nessuno nel periodo";
    Issuer = "Issued by", "Émetteur", "Herausgeber", "Emisor", "Emittente";
    LegalEntityIdentifier = "LEI {value}", "LEI : {value}", "LEI: {value}", "LEI: {value}", "LEI: {value}";
    ContactOfFirm =
        "Contact: {value}", "Contact : {value}", "Kontakt: {value}", "Contacto: {value}", "Contatto: {value}";
    ComplaintsTo =
        "Complaints: {value}", "Réclamations : {value}", "Beschwerden: {value}", "Reclamaciones: {value}",
        "Reclami: {value}";
    SyntheticData = "SYNTHETIC DATA", "DONNÉES FICTIVES", "FIKTIVE DATEN", "DATOS FICTICIOS", "DATI FITTIZI";

    // Headings.
    KeyFigures =
        "Key figures, {currency}", "Chiffres clés, {currency}", "Kennzahlen, {currency}", "Cifras clave, {currency}",
        "Dati principali, {currency}";
    ChangeInValueIn =
        "Change in value, {currency}", "Variation de la valeur, {currency}", "Wertveränderung, {currency}",
        "Variación del valor, {currency}", "Variazione del valore, {currency}";
    ChangeInValueByCurrency =
        "Change in value by currency", "Variation de la valeur par devise", "Wertveränderung nach Währung",
        "Variación del valor por divisa", "Variazione del valore per valuta";
    PerformanceAndRisk =
        "Performance and risk", "Performance et risque", "Wertentwicklung und Risiko", "Rentabilidad y riesgo",
        "Rendimento e rischio";
    RiskMethods =
        "Method of the value at risk", "Méthode de la valeur en risque (VaR)", "Verfahren des Value at Risk",
        "Método del valor en riesgo (VaR)", "Metodo del valore a rischio (VaR)";
    ValueSinceInception =
        "Value since inception, {currency}", "Valeur depuis l’origine, {currency}", "Wert seit Beginn, {currency}",
        "Valor desde el inicio, {currency}", "Valore dall’avvio, {currency}";
    MarketValue = "Market value", "Valeur de marché", "Marktwert", "Valor de mercado", "Valore di mercato";
    PositionsOn =
        "Positions on {date}", "Positions au {date}", "Positionen am {date}", "Posiciones a {date}",
        "Posizioni al {date}";
    CashOn =
        "Cash on {date}", "Liquidités au {date}", "Liquidität am {date}", "Efectivo a {date}", "Liquidità al {date}";
    Composition =
        "Composition of the value, {currency}", "Composition de la valeur, {currency}",
        "Zusammensetzung des Werts, {currency}", "Composición del valor, {currency}",
        "Composizione del valore, {currency}";
    CashFlows =
        "Contributions and withdrawals in the period", "Apports et retraits de la période",
        "Ein- und Auszahlungen im Zeitraum", "Aportaciones y retiradas del período",
        "Conferimenti e prelievi del periodo";
    Transactions =
        "Transactions in the period", "Opérations de la période", "Transaktionen im Zeitraum",
        "Operaciones del período", "Operazioni del periodo";
    CorporateActions =
        "Corporate actions in the period", "Opérations sur titres de la période", "Kapitalmaßnahmen im Zeitraum",
        "Operaciones societarias del período", "Operazioni societarie del periodo";
    Findings = "Findings", "Constats des contrôles", "Feststellungen", "Observaciones", "Rilievi";
    WhatFiguresMean =
        "What the figures mean", "Ce que signifient les chiffres", "Was die Zahlen bedeuten",
        "Qué significan las cifras", "Significato dei dati";
    AboutThisStatement =
        "About this statement", "À propos de ce relevé", "Über diesen Bericht", "Acerca de este informe",
        "Informazioni sul rendiconto";

    // Heads of columns.
    Figure = "Figure", "Indicateur", "Kennzahl", "Indicador", "Indicatore";
    Value = "Value", "Valeur", "Wert", "Valor", "Valore";
    ValueIn = "Value {currency}", "Valeur {currency}", "Wert {currency}", "Valor {currency}", "Valore {currency}";
    Currency = "Currency", "Devise", "Währung", "Divisa", "Valuta";
    CurrencyShort = "Cur.", "Dev.", "Whg.", "Div.", "Val.";
    Date = "Date", "Date", "Datum", "Fecha", "Data";
    Kind = "Kind", "Nature", "Art", "Tipo", "Tipo";
    Amount = "Amount", "Montant", "Betrag", "Importe", "Importo";
    AmountIn =
        "Amount {currency}", "Montant {currency}", "Betrag {currency}", "Importe {currency}", "Importo {currency}";
    Name = "Name", "Libellé", "Bezeichnung", "Nombre", "Denominazione";
    Symbol = "Symbol", "Symbole", "Symbol", "Símbolo", "Simbolo";
    Quantity = "Quantity", "Quantité", "Anzahl", "Cantidad", "Quantità";
    Price = "Price", "Cours", "Kurs", "Precio", "Prezzo";
    PriceDate = "Price date", "Date du cours", "Kursdatum", "Fecha del precio", "Data del prezzo";
    Basis = "Basis", "Origine", "Basis", "Base", "Base";
    Weight = "Weight", "Poids", "Anteil", "Peso", "Peso";
    UnrealisedGainIn =
        "Unrealised gain {currency}", "Plus-value latente {currency}", "Unrealisierter Gewinn {currency}",
        "Plusvalía latente {currency}", "Plusvalenza latente {currency}";
    RealisedGainIn =
        "Realised gain {currency}", "Plus-value réalisée {currency}", "Realisierter Gewinn {currency}",
        "Plusvalía realizada {currency}", "Plusvalenza realizzata {currency}";
    Balance = "Balance", "Solde", "Saldo", "Saldo", "Saldo";
    RateForOneUnit =
        "{currency} for one unit", "{currency} pour une unité", "{currency} je Einheit", "{currency} por unidad",
        "{currency} per unità";
    RateDate = "Rate date", "Date du change", "Datum des Wechselkurses", "Fecha del cambio", "Data del cambio";
    Part = "Part", "Composante", "Bestandteil", "Componente", "Componente";
    Instrument = "Instrument", "Instrument", "Instrument", "Instrumento", "Strumento";
    Fees = "Fees", "Frais", "Gebühren", "Comisiones", "Commissioni";
    Taxes = "Taxes", "Taxes", "Steuern", "Impuestos", "Imposte";
    Cash = "Cash", "Liquidités", "Liquidität", "Efectivo", "Liquidità";
    CashIn =
        "Cash {currency}", "Liquidités {currency}", "Liquidität {currency}", "Efectivo {currency}",
        "Liquidità {currency}";
    OtherPositions =
        "All others ({count})", "Toutes les autres ({count})", "Alle anderen ({count})", "Todas las demás ({count})",
        "Tutte le altre ({count})";
    Equities = "Equities", "Actions", "Aktien", "Acciones", "Azioni";
    Bonds = "Bonds", "Obligations", "Anleihen", "Bonos", "Obbligazioni";
    Unclassified =
        "Unclassified", "Non classé", "Nicht zugeordnet", "Sin clasificar", "Non classificato";
    CashMoved = "Cash", "Espèces", "Zahlung", "Efectivo", "Contante";
    Event = "Event", "Événement", "Ereignis", "Evento", "Evento";
    ExDate = "Ex-date", "Détachement", "Ex-Tag", "Fecha ex", "Stacco";
    PaidOn = "Paid on", "Payé le", "Bezahlt am", "Pagado el", "Pagato il";
    UnitsBefore = "Units before", "Titres avant", "Stücke vorher", "Títulos antes", "Titoli prima";
    UnitsAfter = "Units after", "Titres après", "Stücke nachher", "Títulos después", "Titoli dopo";
    Change = "Change", "Variation", "Veränderung", "Variación", "Variazione";
    Measure = "Measure", "Mesure", "Kennzahl", "Medida", "Misura";
    Step = "Step", "Poste", "Posten", "Concepto", "Voce";

    // Names of rows and of key figures.
    Total = "Total", "Total", "Summe", "Total", "Totale";
    ValueAtStart =
        "Value at start", "Valeur en début de période", "Wert zu Beginn", "Valor inicial", "Valore iniziale";
    NetContributions =
        "Net contributions", "Apports nets", "Nettozuflüsse", "Aportaciones netas", "Conferimenti netti";
    Gain = "Gain", "Résultat", "Ergebnis", "Resultado", "Risultato";
    ValueAtEnd = "Value at end", "Valeur en fin de période", "Wert am Ende", "Valor final", "Valore finale";
    RealisedOnSales =
        "Realised on sales", "Réalisé sur cessions", "Aus Verkäufen realisiert", "Realizado en ventas",
        "Realizzato su vendite";
    ChangedLookingAhead =
        "Of it changed by a rule that looks ahead", "Dont modifié par une règle prospective",
        "Davon durch vorausschauende Regel geändert", "Del cual modificado por una regla prospectiva",
        "Di cui modificato da una regola prospettica";
    ChangeInValue =
        "Change in value", "Variation de la valeur", "Wertveränderung", "Variación del valor",
        "Variazione del valore";
    RoundingOfLines =
        "Rounding of the lines above", "Arrondi des lignes ci-dessus", "Rundung der Zeilen darüber",
        "Redondeo de las líneas anteriores", "Arrotondamento delle righe precedenti";
    Securities = "Securities", "Titres", "Wertpapiere", "Valores", "Titoli";

    // Measures.
    TimeWeightedReturn =
        "Time-weighted return", "Performance pondérée par le temps", "Zeitgewichtete Rendite",
        "Rentabilidad ponderada por tiempo", "Rendimento ponderato per il tempo";
    TimeWeightedReturnAnnual =
        "Time-weighted return a year", "Performance pondérée par le temps, annualisée",
        "Zeitgewichtete Rendite pro Jahr", "Rentabilidad ponderada por tiempo, anual",
        "Rendimento ponderato per il tempo, annuo";
    MoneyWeightedReturn =
        "Money-weighted return", "Performance pondérée par les flux", "Kapitalgewichtete Rendite",
        "Rentabilidad ponderada por capital", "Rendimento ponderato per il capitale";
    MoneyWeightedReturnAnnual =
        "Money-weighted return a year", "Performance pondérée par les flux, annualisée",
        "Kapitalgewichtete Rendite pro Jahr", "Rentabilidad ponderada por capital, anual",
        "Rendimento ponderato per il capitale, annuo";
    Volatility =
        "Volatility a year", "Volatilité annualisée", "Volatilität pro Jahr", "Volatilidad anual",
        "Volatilità annua";
    FromMonthlyReturns =
        "{figure}, from monthly returns", "{figure}, performances mensuelles", "{figure}, aus Monatsrenditen",
        "{figure}, de rentabilidades mensuales", "{figure}, da rendimenti mensili";
    FromWeeklyReturns =
        "{figure}, from weekly returns", "{figure}, performances hebdomadaires", "{figure}, aus Wochenrenditen",
        "{figure}, de rentabilidades semanales", "{figure}, da rendimenti settimanali";
    FromReturnsOfEveryDay =
        "{figure}, from returns of every calendar day", "{figure}, performances de chaque jour calendaire",
        "{figure}, aus Renditen aller Kalendertage", "{figure}, de rentabilidades de cada día natural",
        "{figure}, da rendimenti di ogni giorno di calendario";
    SharpeRatio = "Sharpe ratio", "Ratio de Sharpe", "Sharpe-Ratio", "Ratio de Sharpe", "Indice di Sharpe";
    MaximumDrawdown =
        "Maximum drawdown", "Perte maximale", "Maximaler Rückgang", "Caída máxima", "Perdita massima";
    PeakBefore = "Peak before it", "Plus haut précédent", "Hoch davor", "Máximo previo", "Picco precedente";
    TroughAfter = "Trough after it", "Plus bas suivant", "Tief danach", "Mínimo posterior", "Minimo successivo";

    // Periods.
    OneDay = "One day", "Un jour", "Ein Tag", "Un día", "Un giorno";
    WeekToDate = "Week to date", "Semaine en cours", "Laufende Woche", "Semana en curso", "Settimana in corso";
    MonthToDate = "Month to date", "Mois en cours", "Laufender Monat", "Mes en curso", "Mese in corso";
    QuarterToDate =
        "Quarter to date", "Trimestre en cours", "Laufendes Quartal", "Trimestre en curso", "Trimestre in corso";
    YearToDate = "Year to date", "Année en cours", "Laufendes Jahr", "Año en curso", "Anno in corso";
    OneYear = "One year", "Un an", "Ein Jahr", "Un año", "Un anno";
    ThreeYears = "Three years", "Trois ans", "Drei Jahre", "Tres años", "Tre anni";
    FiveYears = "Five years", "Cinq ans", "Fünf Jahre", "Cinco años", "Cinque anni";
    TenYears = "Ten years", "Dix ans", "Zehn Jahre", "Diez años", "Dieci anni";
    SinceInception = "Since inception", "Depuis l’origine", "Seit Beginn", "Desde el inicio", "Dall’avvio";

    // Where a price comes from.
    Quote = "quote", "cours", "Kurs", "cotización", "quotazione";
    Carried = "carried", "reporté", "fortgeschrieben", "arrastrado", "riportato";
    LastTrade = "last trade", "dernière transaction", "letzter Handel", "última operación", "ultimo scambio";
    NoPrice = "no price", "sans cours", "kein Kurs", "sin precio", "senza prezzo";

    // How bad a finding is.
    Note = "Note", "Remarque", "Hinweis", "Nota", "Nota";
    Warning = "Warning", "Avertissement", "Warnung", "Advertencia", "Avviso";
    KeptOut =
        "Kept out of the figures", "Exclu des chiffres", "Nicht in den Zahlen", "Excluido de las cifras",
        "Escluso dai dati";
    Blocking = "Blocking", "Bloquant", "Blockierend", "Bloqueante", "Bloccante";
    Finding =
        "{severity}: {message} ({check}, {subject})", "{severity} : {message} ({check}, {subject})",
        "{severity}: {message} ({check}, {subject})", "{severity}: {message} ({check}, {subject})",
        "{severity}: {message} ({check}, {subject})";
    Definition =
        "{term}: {meaning}.", "{term} : {meaning}.", "{term}: {meaning}.", "{term}: {meaning}.",
        "{term}: {meaning}.";

    // Lines of transactions and of corporate actions.
    OtherSide =
        "{kind}, other side", "{kind}, contrepartie", "{kind}, Gegenseite", "{kind}, contrapartida",
        "{kind}, contropartita";
    TakenBackOn =
        "{kind}, taken back on {date}", "{kind}, annulation le {date}", "{kind}, storniert am {date}",
        "{kind}, anulación el {date}", "{kind}, storno il {date}";
    ReversalOf =
        "{kind} of {reversed} of {date}", "{kind} : {reversed} du {date}", "{kind}: {reversed} vom {date}",
        "{kind}: {reversed} del {date}", "{kind}: {reversed} del {date}";
    Owed =
        "{event}, owed", "{event}, à recevoir", "{event}, ausstehend", "{event}, pendiente", "{event}, da ricevere";
    GainChanged =
        "Gain changed by a rule that looks ahead: {rule}", "Plus-value modifiée par une règle prospective : {rule}",
        "Gewinn durch vorausschauende Regel geändert: {rule}", "Plusvalía modificada por una regla prospectiva: {rule}",
        "Plusvalenza modificata da una regola prospettica: {rule}";
    GainOfDayChanged =
        "Gain of {date} changed by a rule that looks ahead: {rule}",
        "Plus-value du {date} modifiée par une règle prospective : {rule}",
        "Gewinn vom {date} durch vorausschauende Regel geändert: {rule}",
        "Plusvalía del {date} modificada por una regla prospectiva: {rule}",
        "Plusvalenza del {date} modificata da una regola prospettica: {rule}";

    // What a document without sentences of its own says about it.
    SentencesInEnglish =
        "Notes, definitions and reasons are in English.", "Les notes, définitions et motifs sont en anglais.",
        "Anmerkungen, Definitionen und Begründungen sind in englischer Sprache.",
        "Las notas, definiciones y motivos están en inglés.", "Note, definizioni e motivazioni sono in inglese.";

    // Graphs.
    Series = "Series", "Série", "Reihe", "Serie", "Serie";
    AndMore = "and {count} more", "et {count} autres", "und {count} weitere", "y {count} más", "e altri {count}";

    // Attribution.
    Attribution =
        "Against the benchmark by asset class, year to date",
        "Écart à l’indice de référence par classe d’actifs depuis le 1er janvier",
        "Gegenüber der Benchmark nach Anlageklassen, seit Jahresbeginn",
        "Frente al índice de referencia por clase de activo, en el año",
        "Rispetto al benchmark per classe di attivo, da inizio anno";
    AttributionFromTo =
        "Against the benchmark by asset class, year to date ({from} to {to})",
        "Écart à l’indice de référence par classe d’actifs depuis le 1er janvier (du {from} au {to})",
        "Gegenüber der Benchmark nach Anlageklassen, seit Jahresbeginn ({from} bis {to})",
        "Frente al índice de referencia por clase de activo, en el año (del {from} al {to})",
        "Rispetto al benchmark per classe di attivo, da inizio anno (dal {from} al {to})";
    AssetClass = "Asset class", "Classe d’actifs", "Anlageklasse", "Clase de activo", "Classe di attivo";
    BenchmarkWeight =
        "Benchmark weight", "Poids de l’indice", "Anteil der Benchmark", "Peso del índice", "Peso del benchmark";
    Return = "Return", "Rendement", "Rendite", "Rentabilidad", "Rendimento";
    BenchmarkReturn =
        "Benchmark return", "Rendement de l’indice", "Rendite der Benchmark", "Rentabilidad del índice",
        "Rendimento del benchmark";
    Allocation = "Allocation", "Allocation", "Allokation", "Asignación", "Allocazione";
    Selection = "Selection", "Sélection", "Selektion", "Selección", "Selezione";
    Interaction = "Interaction", "Interaction", "Interaktion", "Interacción", "Interazione";

    // Mail.
    MailSubject =
        "{title} {portfolio} to {date}", "{title} {portfolio} au {date}", "{title} {portfolio} zum {date}",
        "{title} {portfolio} a {date}", "{title} {portfolio} al {date}";
    MailSubjectOfPeriod =
        "{title} {portfolio} from {first} to {date}", "{title} {portfolio} du {first} au {date}",
        "{title} {portfolio} vom {first} bis {date}", "{title} {portfolio} del {first} al {date}",
        "{title} {portfolio} dal {first} al {date}";
    RestatedMailSubjectOfPeriod =
        "Restated: {title} {portfolio} from {first} to {date}",
        "Rectification : {title} {portfolio} du {first} au {date}",
        "Berichtigung: {title} {portfolio} vom {first} bis {date}",
        "Rectificación: {title} {portfolio} del {first} al {date}",
        "Rettifica: {title} {portfolio} dal {first} al {date}";
    Restated = "Restated", "Rectifié", "Berichtigt", "Rectificado", "Rettificato";
    MailBody =
        "Dear client,\n\nplease find attached the statement of portfolio {portfolio} for the period up to {date}.\n\n\
         Statement: {statement}\nSHA-256 of the document: {hash}\n\nThis message was sent automatically.\n",
        "Madame, Monsieur,\n\nVeuillez trouver ci-joint le relevé du portefeuille {portfolio} pour la période close le \
         {date}.\n\nRelevé : {statement}\nEmpreinte SHA-256 du document : {hash}\n\nCe message a été envoyé \
         automatiquement.\n",
        "Sehr geehrte Damen und Herren,\n\nanbei erhalten Sie den Bericht des Portfolios {portfolio} für den Zeitraum \
         bis {date}.\n\nBericht: {statement}\nSHA-256 des Dokuments: {hash}\n\nDiese Nachricht wurde automatisch \
         versandt.\n",
        "Estimado cliente:\n\nAdjuntamos el informe de la cartera {portfolio} del período hasta {date}.\n\n\
         Informe: {statement}\nSHA-256 del documento: {hash}\n\nEste mensaje se ha enviado automáticamente.\n",
        "Gentile cliente,\n\nin allegato trova il rendiconto del portafoglio {portfolio} per il periodo fino al \
         {date}.\n\nRendiconto: {statement}\nSHA-256 del documento: {hash}\n\nQuesto messaggio è stato inviato \
         automaticamente.\n";
    MailBodyWithLink =
        "Dear client,\n\nthe statement of portfolio {portfolio} for the period up to {date} is too large for a mail. \
         It waits for you, after you have logged in, at\n\n{link}\n\nStatement: {statement}\nSHA-256 of the document: \
         {hash}\n\nThis message was sent automatically.\n",
        "Madame, Monsieur,\n\nLe relevé du portefeuille {portfolio} pour la période close le {date} est trop \
         volumineux pour un courriel. Il vous attend, après connexion, à l’adresse\n\n{link}\n\nRelevé : {statement}\n\
         Empreinte SHA-256 du document : {hash}\n\nCe message a été envoyé automatiquement.\n",
        "Sehr geehrte Damen und Herren,\n\nder Bericht des Portfolios {portfolio} für den Zeitraum bis {date} ist zu \
         groß für eine E-Mail. Er liegt nach der Anmeldung für Sie bereit:\n\n{link}\n\nBericht: {statement}\nSHA-256 \
         des Dokuments: {hash}\n\nDiese Nachricht wurde automatisch versandt.\n",
        "Estimado cliente:\n\nEl informe de la cartera {portfolio} del período hasta {date} es demasiado grande para \
         un correo. Puede consultarlo, tras iniciar sesión, en\n\n{link}\n\nInforme: {statement}\nSHA-256 del \
         documento: {hash}\n\nEste mensaje se ha enviado automáticamente.\n",
        "Gentile cliente,\n\nil rendiconto del portafoglio {portfolio} per il periodo fino al {date} è troppo grande \
         per un messaggio. È disponibile, dopo l’accesso, all’indirizzo\n\n{link}\n\nRendiconto: {statement}\nSHA-256 \
         del documento: {hash}\n\nQuesto messaggio è stato inviato automaticamente.\n";
    MailSubjectOfSeveral =
        "{count} documents to {date}", "{count} documents au {date}", "{count} Dokumente zum {date}",
        "{count} documentos a {date}", "{count} documenti al {date}";
    MailBodyOfSeveral =
        "Dear client,\n\nthis message brings you {count} documents.\n\n{documents}\
         This message was sent automatically.\n",
        "Madame, Monsieur,\n\nCe message vous apporte {count} documents.\n\n{documents}\
         Ce message a été envoyé automatiquement.\n",
        "Sehr geehrte Damen und Herren,\n\nmit dieser Nachricht erhalten Sie {count} Dokumente.\n\n{documents}\
         Diese Nachricht wurde automatisch versandt.\n",
        "Estimado cliente:\n\nEste mensaje le trae {count} documentos.\n\n{documents}\
         Este mensaje se ha enviado automáticamente.\n",
        "Gentile cliente,\n\ncon questo messaggio riceve {count} documenti.\n\n{documents}\
         Questo messaggio è stato inviato automaticamente.\n";
    AttachedDocument =
        "{title}\n  Attached: {file}\n  Statement: {statement}\n  SHA-256 of the document: {hash}\n\n",
        "{title}\n  Pièce jointe : {file}\n  Relevé : {statement}\n  Empreinte SHA-256 du document : {hash}\n\n",
        "{title}\n  Anlage: {file}\n  Bericht: {statement}\n  SHA-256 des Dokuments: {hash}\n\n",
        "{title}\n  Adjunto: {file}\n  Informe: {statement}\n  SHA-256 del documento: {hash}\n\n",
        "{title}\n  In allegato: {file}\n  Rendiconto: {statement}\n  SHA-256 del documento: {hash}\n\n";
    LinkedDocument =
        "{title}\n  Too large for this mail. It waits for you, after you have logged in, at\n  {link}\n  \
         Statement: {statement}\n  SHA-256 of the document: {hash}\n\n",
        "{title}\n  Trop volumineux pour ce courriel. Il vous attend, après connexion, à l’adresse\n  {link}\n  \
         Relevé : {statement}\n  Empreinte SHA-256 du document : {hash}\n\n",
        "{title}\n  Zu groß für diese E-Mail. Das Dokument liegt nach der Anmeldung für Sie bereit:\n  {link}\n  \
         Bericht: {statement}\n  SHA-256 des Dokuments: {hash}\n\n",
        "{title}\n  Demasiado grande para este correo. Puede consultarlo, tras iniciar sesión, en\n  {link}\n  \
         Informe: {statement}\n  SHA-256 del documento: {hash}\n\n",
        "{title}\n  Troppo grande per questo messaggio. È disponibile, dopo l’accesso, all’indirizzo\n  {link}\n  \
         Rendiconto: {statement}\n  SHA-256 del documento: {hash}\n\n";
    PushBody =
        "The document is there. Sign in to read it.", "Le document est disponible. Connectez-vous pour le lire.",
        "Das Dokument liegt bereit. Melden Sie sich an, um es zu lesen.",
        "El documento está disponible. Inicie sesión para leerlo.",
        "Il documento è disponibile. Acceda per leggerlo.";
    RestatedMailSubject =
        "Restated: {title} {portfolio} to {date}", "Rectification : {title} {portfolio} au {date}",
        "Berichtigung: {title} {portfolio} zum {date}", "Rectificación: {title} {portfolio} a {date}",
        "Rettifica: {title} {portfolio} al {date}";
}
}
