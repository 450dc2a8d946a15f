//! The words of the execution confirmation.

use super::words::{labels, sentences};

labels! {
/// A short text of the execution confirmation.
ConfirmationLabel {
    // Headings and heads of columns.
    Parties = "Parties", "Parties", "Beteiligte", "Partes", "Parti";
    Executions =
        "Executed orders", "Ordres exécutés", "Ausgeführte Aufträge", "Órdenes ejecutadas", "Ordini eseguiti";
    Tranches =
        "Tranches of the execution", "Tranches de l’exécution", "Teilausführungen", "Tramos de la ejecución",
        "Tranche dell’esecuzione";
    Cancellations =
        "Executions taken back", "Exécutions annulées", "Stornierte Ausführungen", "Ejecuciones anuladas",
        "Esecuzioni annullate";
    Meanings =
        "What the entries mean", "Signification des mentions", "Was die Angaben bedeuten",
        "Significado de las indicaciones", "Significato delle indicazioni";
    Booking = "Booking", "Opération", "Buchung", "Operación", "Operazione";
    Point =
        "Art.\u{A0}59(4)", "Art.\u{A0}59, §\u{A0}4", "Art.\u{A0}59\u{A0}Abs.\u{A0}4", "Art.\u{A0}59.4",
        "Art.\u{A0}59, par.\u{A0}4";
    Item = "Item", "Mention", "Angabe", "Dato", "Voce";
    Entry = "Entry", "Contenu", "Inhalt", "Contenido", "Contenuto";
    Number = "No.", "N°", "Nr.", "N.º", "N.";

    // Items.
    Firm = "Reporting firm", "Prestataire", "Wertpapierfirma", "Empresa informante", "Impresa";
    FirmIdentification =
        "Identification of the firm (LEI)", "Identification du prestataire (LEI)", "Kennung der Firma (LEI)",
        "Identificación de la empresa (LEI)", "Identificativo dell’impresa (LEI)";
    FirmContact =
        "Contact of the firm", "Contact du prestataire", "Kontakt der Firma", "Contacto de la empresa",
        "Contatto dell’impresa";
    Client = "Client", "Client", "Kunde", "Cliente", "Cliente";
    TradingDay = "Trading day", "Jour de négociation", "Handelstag", "Día de negociación", "Giorno di negoziazione";
    TradingTime =
        "Trading time", "Heure de négociation", "Handelszeit", "Hora de negociación", "Ora di negoziazione";
    OrderType = "Type of the order", "Type d’ordre", "Auftragsart", "Tipo de orden", "Tipo di ordine";
    OrderId = "Order", "Ordre", "Auftrag", "Orden", "Ordine";
    Venue =
        "Execution venue", "Plate-forme d’exécution", "Ausführungsplatz", "Centro de ejecución",
        "Sede di esecuzione";
    Instrument =
        "Financial instrument", "Instrument financier", "Finanzinstrument", "Instrumento financiero",
        "Strumento finanziario";
    BuyOrSell = "Buy or sell", "Achat ou vente", "Kauf oder Verkauf", "Compra o venta", "Acquisto o vendita";
    Nature =
        "Nature of the order, if other", "Nature de l’ordre, si autre", "Sonstige Art des Auftrags",
        "Naturaleza de la orden, si es otra", "Natura dell’ordine, se diversa";
    Quantity = "Quantity", "Quantité", "Menge", "Cantidad", "Quantità";
    UnitPrice = "Unit price", "Prix unitaire", "Stückpreis", "Precio unitario", "Prezzo unitario";
    UnitPriceIn =
        "Unit price, {currency}", "Prix unitaire, {currency}", "Stückpreis, {currency}", "Precio unitario, {currency}",
        "Prezzo unitario, {currency}";
    AveragePrice =
        "{price}, average of {count} tranches", "{price}, moyenne de {count} tranches",
        "{price}, Durchschnitt aus {count} Teilausführungen", "{price}, media de {count} tramos",
        "{price}, media di {count} tranche";
    TotalConsideration =
        "Total consideration, {currency}", "Montant total, {currency}", "Gesamtentgelt, {currency}",
        "Contraprestación total, {currency}", "Corrispettivo totale, {currency}";
    AccruedInterest =
        "Accrued interest, {currency}", "Intérêts courus, {currency}", "Stückzinsen, {currency}",
        "Cupón corrido, {currency}", "Rateo d’interesse, {currency}";
    WithAccruedInterest =
        "Total consideration with accrued interest, {currency}", "Montant total, intérêts courus compris, {currency}",
        "Gesamtentgelt einschließlich Stückzinsen, {currency}",
        "Contraprestación total, cupón corrido incluido, {currency}",
        "Corrispettivo totale, rateo incluso, {currency}";
    TotalFees =
        "Commissions and expenses, {currency}", "Commissions et frais, {currency}",
        "Provisionen und Auslagen, {currency}", "Comisiones y gastos, {currency}", "Commissioni e spese, {currency}";
    TotalTaxes = "Taxes, {currency}", "Taxes, {currency}", "Steuern, {currency}", "Impuestos, {currency}",
        "Imposte, {currency}";
    MarkUp =
        "Mark-up inside the price, {currency}", "Marge incluse dans le prix, {currency}",
        "Im Preis enthaltener Aufschlag, {currency}", "Margen incluido en el precio, {currency}",
        "Maggiorazione inclusa nel prezzo, {currency}";
    ExchangeRate =
        "Exchange rate obtained, {pair}", "Taux de change obtenu, {pair}", "Erzielter Wechselkurs, {pair}",
        "Tipo de cambio obtenido, {pair}", "Tasso di cambio ottenuto, {pair}";
    Conversion =
        "Exchange rate obtained", "Taux de change obtenu", "Erzielter Wechselkurs", "Tipo de cambio obtenido",
        "Tasso di cambio ottenuto";
    SettlementDay =
        "To be paid and delivered by", "Règlement et livraison au plus tard le", "Zu zahlen und zu liefern bis",
        "Pago y entrega a más tardar el", "Da pagare e consegnare entro il";
    SettlementAccount =
        "Settlement account", "Compte de règlement", "Abwicklungskonto", "Cuenta de liquidación",
        "Conto di regolamento";
    Counterparty = "Counterparty", "Contrepartie", "Gegenpartei", "Contraparte", "Controparte";
    CancelledOn = "Taken back on", "Annulé le", "Storniert am", "Anulado el", "Annullato il";

    // Entries.
    NotRecorded = "not recorded", "non enregistré", "nicht erfasst", "no registrado", "non registrato";
    NoOtherNature =
        "none: an outright purchase or sale", "aucune : achat ou vente simple", "keine: einfacher Kauf oder Verkauf",
        "ninguna: compra o venta simple", "nessuna: acquisto o vendita semplice";
    NoConversion =
        "no conversion", "aucune conversion", "keine Umrechnung", "sin conversión", "nessuna conversione";
    IsinNotRecorded =
        "{name} ({symbol}; ISIN not recorded)", "{name} ({symbol} ; ISIN non enregistré)",
        "{name} ({symbol}; ISIN nicht erfasst)", "{name} ({symbol}; ISIN no registrado)",
        "{name} ({symbol}; ISIN non registrato)";
    FromTo = "{from} to {to}", "de {from} à {to}", "{from} bis {to}", "de {from} a {to}", "dalle {from} alle {to}";
    OutsideVenues =
        "outside a trading venue (XOFF)", "hors plate-forme de négociation (XOFF)",
        "außerhalb eines Handelsplatzes (XOFF)", "fuera de un centro de negociación (XOFF)",
        "al di fuori di una sede di negoziazione (XOFF)";
    SystematicInternaliser =
        "systematic internaliser (SINT)", "internalisateur systématique (SINT)",
        "systematischer Internalisierer (SINT)", "internalizador sistemático (SINT)",
        "internalizzatore sistematico (SINT)";

    // Types of orders.
    MarketOrder = "market order", "ordre au marché", "Marktauftrag", "orden a mercado", "ordine al mercato";
    LimitOrder =
        "limit order", "ordre à cours limité", "limitierter Auftrag", "orden limitada", "ordine con limite di prezzo";
    StopOrder =
        "stop order", "ordre à seuil de déclenchement", "Stop-Auftrag", "orden stop", "ordine stop";
    StopLimitOrder =
        "stop-limit order", "ordre à plage de déclenchement", "Stop-Limit-Auftrag", "orden stop limitada",
        "ordine stop con limite";
    TrailingStopOrder =
        "trailing stop order", "ordre à seuil de déclenchement suiveur", "Trailing-Stop-Auftrag",
        "orden stop dinámica", "ordine stop dinamico";
    AtOpen =
        "at the opening", "ordre à l’ouverture", "zur Eröffnung", "orden a la apertura", "ordine in apertura";
    AtClose =
        "at the close", "ordre à la clôture", "zum Schlusskurs", "orden al cierre", "ordine in chiusura";
    OtherOrder = "other type", "autre type", "andere Art", "otro tipo", "altro tipo";

    // Natures.
    Subscription = "subscription", "souscription", "Zeichnung", "suscripción", "sottoscrizione";
    Redemption = "redemption", "rachat", "Rücknahme", "reembolso", "rimborso";
    Switch = "switch", "arbitrage", "Umtausch", "traspaso", "switch";
    Exercise = "exercise", "exercice", "Ausübung", "ejercicio", "esercizio";
    Transfer = "transfer", "transfert", "Übertragung", "transferencia", "trasferimento";

    // Counterparties.
    OnTheMarket =
        "a third party", "un tiers", "ein Dritter", "un tercero", "un terzo";
    Anonymous =
        "anonymous, through a trading system", "anonyme, via un système de négociation",
        "anonym, über ein Handelssystem", "anónima, a través de un sistema de negociación",
        "anonima, tramite un sistema di negoziazione";
    TheFirmItself =
        "the firm itself", "le prestataire lui-même", "die Firma selbst", "la propia empresa", "l’impresa stessa";
    GroupMember =
        "a member of the firm’s group", "une entité du groupe du prestataire", "ein Unternehmen der Gruppe der Firma",
        "una entidad del grupo de la empresa", "un’entità del gruppo dell’impresa";
    AnotherClient =
        "another client of the firm", "un autre client du prestataire", "ein anderer Kunde der Firma",
        "otro cliente de la empresa", "un altro cliente dell’impresa";
}
}

sentences! {
/// A sentence of the execution confirmation.
ConfirmationSentence {
    WhatThisIs =
        "This confirms the execution of orders that you, or your portfolio manager for you, gave (Article 59 of \
         Delegated Regulation (EU) 2017/565). You chose to be told of each; it is sent no later than the first \
         business day after the execution, or after it became known here.",
        "Le présent avis confirme l’exécution d’ordres passés par vous ou, pour votre compte, par votre gérant \
         (article 59 du règlement délégué (UE) 2017/565). Vous avez choisi d’être informé de chaque exécution ; l’avis \
         est envoyé au plus tard le premier jour ouvrable suivant l’exécution ou sa prise de connaissance.";
    BookedLate =
        "Orders with a trading day before {date} were recorded after that day, or its documents could not be written \
         in time.",
        "Les ordres dont le jour de négociation est antérieur au {date} ont été enregistrés après ce jour, ou les \
         documents de ce jour n’ont pu être établis à temps.";
    MeaningOfNotRecorded =
        "“Not recorded”: the item is prescribed, and nothing was recorded of it. Ask the firm for it.",
        "« Non enregistré » : la mention est obligatoire, mais aucune donnée n’a été enregistrée. Demandez-la au \
         prestataire.";
    MeaningOfConsideration =
        "Total consideration: the cash of the booking, commissions, expenses and taxes inside; negative is paid by \
         you, positive is received. Accrued interest of a bond is booked by itself: it is named beside it, with both \
         together, unless it may belong to another order of the day.",
        "Montant total : les espèces de l’opération, commissions, frais et taxes inclus ; un montant négatif est payé \
         par vous, un montant positif est reçu. Les intérêts courus d’une obligation sont comptabilisés séparément : \
         ils figurent à côté, avec la somme des deux, sauf s’ils peuvent relever d’un autre ordre du jour.";
    MeaningOfPrice =
        "Unit price: as quoted, without commissions and taxes, in the unit in which the instrument is quoted; of an \
         execution in tranches the average. The price of each tranche stands in its own table.",
        "Prix unitaire : tel que coté, hors commissions et taxes, dans l’unité de cotation de l’instrument ; pour une \
         exécution en plusieurs tranches, la moyenne. Le prix de chaque tranche figure dans un tableau distinct.";
    MeaningOfTime =
        "Trading time: on the clock of the execution venue, with its distance from UTC.",
        "Heure de négociation : heure locale du lieu d’exécution, avec son décalage par rapport à UTC.";
    MeaningOfVenue =
        "Execution venue: the market identifier code (MIC, ISO 10383).",
        "Plate-forme d’exécution : code d’identification de marché (MIC, ISO 10383).";
    ItemisedOnRequest =
        "The breakdown of commissions and expenses, and the status of an order, are available on request.",
        "Le détail des commissions et frais, ainsi que l’état d’exécution d’un ordre, est fourni sur demande.";
    TradeUnknown =
        "the booking that is taken back is not known", "l’opération annulée n’est pas connue";
}
}
