//! The words of the statement of client assets.

use super::words::{labels, sentences};

labels! {
/// A short text of the statement of client assets.
AssetLabel {
    // Headings.
    AssetsIn =
        "Client assets, {currency}", "Avoirs du client, {currency}", "Kundenvermögen, {currency}",
        "Activos del cliente, {currency}", "Attività del cliente, {currency}";
    BasisOfStatement =
        "Basis of this statement", "Base d’établissement du relevé", "Grundlage dieser Aufstellung",
        "Base de este estado", "Base del rendiconto";
    Unsettled =
        "Traded and not settled on {date}", "Opérations négociées et non dénouées au {date}",
        "Gehandelt und am {date} nicht abgewickelt", "Operaciones contratadas y no liquidadas a {date}",
        "Operazioni negoziate e non regolate al {date}";
    ProtectionOn =
        "Protection and custody on {date}", "Protection et conservation au {date}", "Schutz und Verwahrung am {date}",
        "Protección y custodia a {date}", "Tutela e custodia al {date}";
    RightsOfOthers =
        "Rights of others and shared ownership", "Droits de tiers et propriété partagée",
        "Rechte Dritter und gemeinschaftliches Eigentum", "Derechos de terceros y propiedad compartida",
        "Diritti di terzi e proprietà condivisa";
    Financing =
        "Securities financing transactions", "Opérations de financement sur titres",
        "Wertpapierfinanzierungsgeschäfte", "Operaciones de financiación de valores",
        "Operazioni di finanziamento tramite titoli";
    Lending =
        "Securities lent in the period", "Titres prêtés au cours de la période", "Im Zeitraum verliehene Wertpapiere",
        "Valores prestados en el período", "Titoli prestati nel periodo";
    MarketPrices =
        "Market prices and estimates", "Cours de marché et estimations", "Marktpreise und Schätzungen",
        "Precios de mercado y estimaciones", "Prezzi di mercato e stime";

    // Heads of columns and names of figures.
    AllAssets = "All assets", "Total des avoirs", "Gesamtes Vermögen", "Total de activos", "Totale attività";
    Protected = "Protected", "Protégés", "Geschützt", "Protegidos", "Tutelate";
    NotProtected = "Not protected", "Non protégés", "Nicht geschützt", "No protegidos", "Non tutelate";
    NoRecord =
        "No record of custody", "Conservation non renseignée", "Keine Angabe zur Verwahrung", "Custodia no informada",
        "Custodia non indicata";
    Protection = "Protection", "Protection", "Schutz", "Protección", "Tutela";
    Custodian = "Custodian", "Dépositaire", "Verwahrstelle", "Depositario", "Depositario";
    Ownership = "Ownership", "Propriété", "Eigentum", "Propiedad", "Proprietà";
    Since = "Since", "Depuis le", "Seit", "Desde", "Dal";
    TradedOn = "Traded", "Négocié le", "Gehandelt", "Contratado", "Negoziata";
    SettlesOn = "Settles", "Dénouement", "Abwicklung", "Liquidación", "Regolamento";
    LendingIncome =
        "Income from lending in the period", "Revenus de prêt de la période", "Erträge aus der Leihe im Zeitraum",
        "Ingresos por préstamo del período", "Proventi da prestito del periodo";
    Gross = "Before charges", "Avant prélèvements", "Vor Abzügen", "Antes de cargos", "Prima degli oneri";
    Charges = "Fees and taxes", "Frais et impôts", "Gebühren und Steuern", "Comisiones e impuestos", "Oneri e imposte";
    Credited = "Credited", "Crédité", "Gutgeschrieben", "Abonado", "Accreditato";
    OfNoInstrument =
        "all instruments together", "tous titres confondus", "alle Wertpapiere zusammen", "todos los valores",
        "tutti i titoli insieme";
    LentAtStart = "Lent at start", "Prêté au début", "Verliehen zu Beginn", "Prestado al inicio", "Prestato a inizio";
    LentInPeriod = "Lent", "Prêté", "Verliehen", "Prestado", "Prestato";
    Returned = "Returned", "Restitué", "Zurückgegeben", "Devuelto", "Restituito";
    LentAtEnd = "Lent at end", "Prêté à la fin", "Verliehen am Ende", "Prestado al final", "Prestato a fine";
    HeldAtEnd = "Held at end", "Détenu à la fin", "Bestand am Ende", "En cartera al final", "Detenuto a fine";
    Extent = "Part lent", "Part prêtée", "Verliehener Teil", "Parte prestada", "Quota prestata";

    // Whether the rules protect something.
    IsProtected = "protected", "protégé", "geschützt", "protegido", "tutelato";
    IsNotProtected = "not protected", "non protégé", "nicht geschützt", "no protegido", "non tutelato";
    IsNotRecorded = "no record", "non renseigné", "keine Angabe", "sin informar", "non indicato";

    // Rights of others.
    JointOwnership =
        "joint ownership", "indivision ou cotitularité", "gemeinschaftliches Eigentum", "cotitularidad",
        "contitolarità";
    Pledge = "pledge", "nantissement", "Verpfändung", "prenda", "pegno";
    SecurityInterest =
        "other security interest", "autre sûreté", "sonstiges Sicherungsrecht", "otra garantía real",
        "altro diritto di garanzia";
    TitleTransfer =
        "collateral by transfer of title", "garantie avec transfert de propriété",
        "Sicherheit durch Vollrechtsübertragung", "garantía con cambio de titularidad",
        "garanzia con trasferimento del titolo";
    Usufruct = "usufruct", "usufruit", "Nießbrauch", "usufructo", "usufrutto";
    RightIn =
        "{asset}: {right}.", "{asset} : {right}.", "{asset}: {right}.", "{asset}: {right}.", "{asset}: {right}.";
    RightInNoted =
        "{asset}: {right}. {note}", "{asset} : {right}. {note}", "{asset}: {right}. {note}", "{asset}: {right}. {note}",
        "{asset}: {right}. {note}";
    NoteOn = "{asset}: {note}", "{asset} : {note}", "{asset}: {note}", "{asset}: {note}", "{asset}: {note}";
}
}

sentences! {
/// A sentence of the statement of client assets.
AssetSentence {
    // On which basis it stands.
    OnTradeDates =
        "Trade date basis: every instrument, all cash and every value of this statement count a transaction from the \
         day on which it was agreed, also where securities and cash change hands later.",
        "Base date de négociation : les instruments, les liquidités et les valeurs de ce relevé tiennent compte de \
         chaque opération dès le jour où elle a été conclue, même si les titres et les espèces sont échangés plus \
         tard.";
    NothingUnsettled =
        "Every transaction was settled on {date}: by settlement date the statement would be the same.",
        "Toutes les opérations étaient dénouées au {date} : en date de règlement-livraison, le relevé serait \
         identique.";
    UnsettledFollow =
        "Not settled on {date}: {count}, listed below. They are included in the positions and in the cash.",
        "Non dénouées au {date} : {count}, listées ci-dessous. Elles sont comprises dans les positions et les \
         liquidités.";
    NoSettlementDate =
        "A transaction without a settlement date of its own settles on the day of its trade.",
        "Une opération sans date de règlement-livraison propre est dénouée le jour de sa négociation.";

    // What protects it.
    AssetsNote =
        "Protected + not protected + without a record of custody = all assets; each is the sum of its lines below as \
         they are printed.",
        "Protégés + non protégés + conservation non renseignée = total des avoirs ; chaque montant est la somme de \
         ses lignes imprimées ci-dessous.";
    NoValueInPart = "an asset of this part has no value", "un avoir de cette catégorie n’a pas de valeur";
    WhatProtectionMeans =
        "Protected: the rules of Directive 2014/65/EU (MiFID II) and of the measures that implement it on \
         safeguarding clients’ financial instruments and funds apply. Not protected: they do not, e.g. because the \
         title was transferred as collateral.",
        "Protégé : les règles de la directive 2014/65/UE (MiFID II) et de ses mesures d’exécution relatives à la \
         sauvegarde des instruments financiers et des fonds des clients s’appliquent. Non protégé : elles ne \
         s’appliquent pas, par exemple en raison d’un contrat de garantie avec transfert de propriété.";
    WhatNoRecordMeans =
        "No record of custody: the firm has not recorded where the asset is kept or whether these rules apply to it. \
         This statement then says neither that it is protected nor that it is not.",
        "Conservation non renseignée : l’établissement n’a pas enregistré où l’avoir est conservé ni si ces règles \
         s’y appliquent. Le relevé n’affirme alors ni qu’il est protégé, ni qu’il ne l’est pas.";
    NoRightsRecorded =
        "The records of custody show no pledge, no other security interest, no usufruct, no joint ownership and no \
         transfer of title.",
        "Les registres de conservation ne font état d’aucun nantissement, d’aucune autre sûreté, d’aucun usufruit, \
         d’aucune cotitularité et d’aucun transfert de propriété.";
    RightsUnknown =
        "For {count} of {all} assets there is no record of custody: whether others have rights in them is not known \
         here.",
        "Pour {count} avoirs sur {all}, la conservation n’est pas renseignée : l’existence de droits de tiers n’est \
         pas connue ici.";
    NoAssets = "Nothing was held on {date}.", "Aucun avoir n’était détenu au {date}.";

    // Securities financing.
    NoFinancing =
        "None: at no time in the period was a financial instrument or were funds of the client the subject of a \
         securities financing transaction, as far as the books record one.",
        "Néant : à aucun moment de la période, les instruments financiers ou les fonds du client n’ont fait l’objet \
         d’une opération de financement sur titres enregistrée dans les livres.";
    Lent =
        "Instruments of the client were lent in the period: {count}, listed below. Funds of the client were the \
         subject of no such transaction.",
        "Des instruments du client ont été prêtés au cours de la période : {count}, listés ci-dessous. Les fonds du \
         client n’ont fait l’objet d’aucune opération de ce type.";
    NoBenefit =
        "Benefit for the client: none is recorded. No income from lending was booked in the period.",
        "Avantage revenant au client : aucun n’est enregistré. Aucun revenu de prêt de titres n’a été comptabilisé au \
         cours de la période.";
    Benefit =
        "Benefit for the client: the income from lending that was booked in the period, listed below. It is the \
         client’s own share, as it was credited; no booking says how it was divided.",
        "Avantage revenant au client : les revenus de prêt de titres comptabilisés au cours de la période, listés \
         ci-dessous. C’est la part propre du client, telle qu’elle a été créditée ; aucune écriture n’indique la clé \
         de partage.";
    UnitsAsBooked =
        "Units are those that were booked when they were lent and returned; lent instruments stay among the positions.",
        "Les quantités sont celles enregistrées lors du prêt et de la restitution ; les titres prêtés restent dans \
         les positions.";
    MoreLentThanHeld =
        "more units were booked as lent than are held, e.g. because of a split",
        "les titres enregistrés comme prêtés sont plus nombreux que les titres détenus, par exemple à la suite d’une \
         division";
    NotHeld = "nothing of it is held at the end", "aucun titre n’est détenu à la fin";

    // Market prices.
    MarketPricesOnly =
        "Every instrument is valued at a market price of {date}.",
        "Tous les instruments sont valorisés à un cours de marché du {date}.";
    ValuedAtCarried =
        "{asset}: estimate at the market price of {date}, the last one before; there was none of the day.",
        "{asset} : estimation au cours de marché du {date}, dernier cours antérieur, faute de cours du jour.";
    ValuedAtLastTrade =
        "{asset}: estimate at the price of the client’s last trade, of {date}; there has been no market price.",
        "{asset} : estimation au prix de la dernière opération du client, du {date}, faute de cours de marché.";
    NotValued =
        "{asset}: no value, because there is neither a market price nor an estimate.",
        "{asset} : sans valeur, faute de cours de marché et d’estimation.";
    ValuedOtherwise =
        "{asset}: the price is of the kind {basis}, of {date}.", "{asset} : cours de nature {basis}, du {date}.";
    AbsenceOfPrice =
        "The absence of a market price is likely to indicate a lack of liquidity. Estimates are made on a best \
         effort basis.",
        "L’absence de cours de marché indique vraisemblablement un manque de liquidité. Les estimations sont \
         établies au mieux des possibilités de l’établissement.";
    PriceNotDated = "an unknown day", "une date inconnue";
}
}
