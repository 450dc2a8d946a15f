//! What tables write as codes, in the words of every language: kinds of bookings and of corporate actions, steps of the
//! change in value, methods and rules.
//!
//! A code that is not listed here is shown as it is written, with spaces: a new kind must not stop a statement.

use schemas::Language;

/// A code with its words in English, French, German, Spanish and Italian.
type Entry = (&'static str, [&'static str; 5]);

/// Kinds of transactions, which are steps of no bridge. What has no entry reads as its code in English.
const KINDS: &[Entry] = &[
    ("DEPOSIT", ["Deposit", "Versement", "Einzahlung", "Ingreso", "Versamento"]),
    ("WITHDRAWAL", ["Withdrawal", "Retrait", "Auszahlung", "Retirada", "Prelievo"]),
    ("BUY", ["Buy", "Achat", "Kauf", "Compra", "Acquisto"]),
    ("SELL", ["Sell", "Vente", "Verkauf", "Venta", "Vendita"]),
    ("DIVIDEND", ["Dividend", "Dividende", "Dividende", "Dividendo", "Dividendo"]),
    (
        "STOCK_DIVIDEND",
        ["Stock dividend", "Dividende en actions", "Stockdividende", "Dividendo en acciones", "Dividendo in azioni"],
    ),
    (
        "DIVIDEND_IN_KIND",
        ["Dividend in kind", "Dividende en nature", "Sachdividende", "Dividendo en especie", "Dividendo in natura"],
    ),
    (
        "DIVIDEND_REINVESTED",
        [
            "Dividend reinvested",
            "Dividende réinvesti",
            "Wiederangelegte Dividende",
            "Dividendo reinvertido",
            "Dividendo reinvestito",
        ],
    ),
    (
        "RETURN_OF_CAPITAL",
        [
            "Return of capital",
            "Remboursement de capital",
            "Kapitalrückzahlung",
            "Devolución de capital",
            "Rimborso di capitale",
        ],
    ),
    ("INTEREST", ["Interest", "Intérêts", "Zinsen", "Intereses", "Interessi"]),
    ("ACCRUED_INTEREST", ["Accrued interest", "Intérêts courus", "Stückzinsen", "Cupón corrido", "Rateo d’interessi"]),
    (
        "LENDING_INCOME",
        [
            "Lending income",
            "Revenu de prêt de titres",
            "Ertrag aus Wertpapierleihe",
            "Ingreso por préstamo de valores",
            "Provento da prestito titoli",
        ],
    ),
    ("FEE", ["Fee", "Frais", "Gebühr", "Comisión", "Commissione"]),
    (
        "FEE_CUSTODY",
        ["Fee custody", "Droits de garde", "Depotgebühr", "Comisión de custodia", "Commissione di custodia"],
    ),
    (
        "FEE_MANAGEMENT",
        [
            "Fee management",
            "Commission de gestion",
            "Verwaltungsgebühr",
            "Comisión de gestión",
            "Commissione di gestione",
        ],
    ),
    (
        "FEE_PERFORMANCE",
        [
            "Fee performance",
            "Commission de surperformance",
            "Erfolgsgebühr",
            "Comisión de éxito",
            "Commissione di performance",
        ],
    ),
    (
        "FEE_BROKERAGE",
        ["Fee brokerage", "Courtage", "Maklergebühr", "Comisión de corretaje", "Commissione di negoziazione"],
    ),
    ("FEE_EXCHANGE", ["Fee exchange", "Frais de marché", "Börsengebühr", "Cánones de bolsa", "Diritti di borsa"]),
    ("TAX", ["Tax", "Impôt", "Steuer", "Impuesto", "Imposta"]),
    (
        "TAX_WITHHOLDING",
        ["Tax withholding", "Retenue à la source", "Quellensteuer", "Retención en origen", "Ritenuta alla fonte"],
    ),
    (
        "TAX_RECLAIM",
        [
            "Tax reclaim",
            "Retenue à la source récupérée",
            "Erstattete Quellensteuer",
            "Retención recuperada",
            "Ritenuta recuperata",
        ],
    ),
    (
        "TAX_STAMP_DUTY",
        ["Tax stamp duty", "Droit de timbre", "Stempelsteuer", "Impuesto de timbre", "Imposta di bollo"],
    ),
    (
        "TAX_TRANSACTION",
        [
            "Tax transaction",
            "Taxe sur les transactions",
            "Transaktionssteuer",
            "Impuesto sobre transacciones",
            "Imposta sulle transazioni",
        ],
    ),
    ("FX", ["Fx", "Change", "Devisengeschäft", "Cambio de divisas", "Cambio valuta"]),
    ("FX_SPOT", ["Fx spot", "Change au comptant", "Devisenkassageschäft", "Cambio al contado", "Cambio a pronti"]),
    (
        "TRANSFER_IN",
        ["Transfer in", "Transfert entrant", "Übertrag, Eingang", "Traspaso de entrada", "Trasferimento in entrata"],
    ),
    (
        "TRANSFER_OUT",
        ["Transfer out", "Transfert sortant", "Übertrag, Ausgang", "Traspaso de salida", "Trasferimento in uscita"],
    ),
    (
        "INTERNAL_IN",
        [
            "Internal in",
            "Transfert interne entrant",
            "Interner Übertrag, Eingang",
            "Traspaso interno de entrada",
            "Giro interno in entrata",
        ],
    ),
    (
        "INTERNAL_OUT",
        [
            "Internal out",
            "Transfert interne sortant",
            "Interner Übertrag, Ausgang",
            "Traspaso interno de salida",
            "Giro interno in uscita",
        ],
    ),
    ("LEND", ["Lend", "Prêt de titres", "Wertpapierleihe", "Préstamo de valores", "Prestito titoli"]),
    (
        "LEND_RETURN",
        [
            "Lend return",
            "Retour de prêt de titres",
            "Rückgabe der Wertpapierleihe",
            "Devolución del préstamo",
            "Restituzione del prestito",
        ],
    ),
    ("WRITE_OFF", ["Write off", "Passage en perte", "Ausbuchung", "Baja por pérdida", "Cancellazione"]),
    (
        "OPENING_BALANCE",
        ["Opening balance", "Solde d’ouverture", "Anfangsbestand", "Saldo de apertura", "Saldo iniziale"],
    ),
    ("ELECT_CASH", ["Elect cash", "Option : espèces", "Wahl: Geld", "Opción: efectivo", "Opzione: contante"]),
    ("ELECT_STOCK", ["Elect stock", "Option : titres", "Wahl: Stücke", "Opción: títulos", "Opzione: titoli"]),
    (
        "ELECT_TENDER",
        ["Elect tender", "Apport à l’offre", "Annahme des Angebots", "Aceptación de la oferta", "Adesione all’offerta"],
    ),
    (
        "ELECT_EXERCISE",
        [
            "Elect exercise",
            "Exercice de droits choisi",
            "Wahl: Ausübung",
            "Opción: ejercicio de derechos",
            "Opzione: esercizio di diritti",
        ],
    ),
    ("REVERSAL", ["Reversal", "Extourne", "Storno", "Anulación", "Storno"]),
];

/// Kinds of corporate actions, as a reader calls them.
const EVENTS: &[Entry] = &[
    ("BONUS", ["Bonus issue", "Attribution gratuite", "Gratisaktien", "Ampliación liberada", "Aumento gratuito"]),
    (
        "CASH_DIVIDEND",
        ["Cash dividend", "Dividende en espèces", "Bardividende", "Dividendo en efectivo", "Dividendo in contanti"],
    ),
    (
        "CHANGE",
        [
            "Exchange for another instrument",
            "Échange contre un autre titre",
            "Tausch in ein anderes Papier",
            "Canje por otro instrumento",
            "Cambio con altro strumento",
        ],
    ),
    ("CONVERSION", ["Conversion", "Conversion", "Umwandlung", "Conversión", "Conversione"]),
    (
        "DIVIDEND_REINVESTMENT",
        [
            "Dividend reinvestment",
            "Réinvestissement du dividende",
            "Wiederanlage der Dividende",
            "Reinversión del dividendo",
            "Reinvestimento del dividendo",
        ],
    ),
    ("LIQUIDATION", ["Liquidation", "Liquidation", "Liquidation", "Liquidación", "Liquidazione"]),
    ("MERGER", ["Merger", "Fusion", "Fusion", "Fusión", "Fusione"]),
    (
        "OPTIONAL_DIVIDEND",
        ["Optional dividend", "Dividende optionnel", "Wahldividende", "Dividendo opcional", "Dividendo opzionale"],
    ),
    (
        "PARTIAL_CALL",
        [
            "Partial call",
            "Remboursement partiel anticipé",
            "Teilrückzahlung",
            "Amortización parcial",
            "Rimborso parziale",
        ],
    ),
    ("REDEMPTION", ["Redemption", "Remboursement", "Rückzahlung", "Amortización", "Rimborso"]),
    (
        "RETURN_OF_CAPITAL",
        [
            "Return of capital",
            "Remboursement de capital",
            "Kapitalrückzahlung",
            "Devolución de capital",
            "Rimborso di capitale",
        ],
    ),
    (
        "REVERSE_SPLIT",
        ["Reverse split", "Regroupement d’actions", "Aktienzusammenlegung", "Contrasplit", "Raggruppamento"],
    ),
    (
        "RIGHTS_EXERCISE",
        [
            "Exercise of rights",
            "Exercice de droits",
            "Ausübung von Bezugsrechten",
            "Ejercicio de derechos",
            "Esercizio di diritti",
        ],
    ),
    (
        "RIGHTS_ISSUE",
        ["Rights issue", "Émission de droits", "Bezugsrechtsemission", "Emisión de derechos", "Emissione di diritti"],
    ),
    (
        "RIGHTS_LAPSE",
        [
            "Lapse of rights",
            "Caducité de droits",
            "Verfall von Bezugsrechten",
            "Caducidad de derechos",
            "Decadenza di diritti",
        ],
    ),
    (
        "SPECIAL_DIVIDEND",
        [
            "Special dividend",
            "Dividende exceptionnel",
            "Sonderdividende",
            "Dividendo extraordinario",
            "Dividendo straordinario",
        ],
    ),
    ("SPIN_OFF", ["Spin-off", "Scission", "Abspaltung", "Escisión", "Scissione"]),
    ("SPLIT", ["Split", "Division d’actions", "Aktiensplit", "Desdoblamiento", "Frazionamento"]),
    (
        "STOCK_DIVIDEND",
        ["Stock dividend", "Dividende en actions", "Stockdividende", "Dividendo en acciones", "Dividendo in azioni"],
    ),
    ("TENDER", ["Tender offer", "Offre publique", "Übernahmeangebot", "Oferta pública", "Offerta pubblica"]),
];

/// Rules that look ahead.
const RULES: &[Entry] = &[
    (
        "bed_and_breakfast",
        [
            "bed and breakfast",
            "rachat dans les 30 jours (bed and breakfast)",
            "Rückkauf binnen 30 Tagen (bed and breakfast)",
            "recompra en 30 días (bed and breakfast)",
            "riacquisto entro 30 giorni (bed and breakfast)",
        ],
    ),
    (
        "superficial_loss",
        ["superficial loss", "perte apparente", "nicht anerkannter Verlust", "pérdida aparente", "perdita apparente"],
    ),
    (
        "superficial_loss_cost",
        [
            "superficial loss cost",
            "coût d’une perte apparente",
            "Kosten eines nicht anerkannten Verlusts",
            "coste de una pérdida aparente",
            "costo di una perdita apparente",
        ],
    ),
    ("wash_sale", ["wash sale", "vente fictive (wash sale)", "Wash Sale", "wash sale", "wash sale"]),
];

/// Methods by which the lots of a sale are chosen, in English and French: they stand in sentences only.
const COST_BASIS: &[(&str, [&str; 2])] = &[
    ("average_cost", ["average cost", "coût moyen pondéré"]),
    ("canada_acb", ["adjusted cost base, Canada", "prix de base rajusté, Canada"]),
    ("fifo", ["first in, first out", "premier entré, premier sorti"]),
    ("hifo", ["highest cost first", "coût le plus élevé en premier"]),
    ("lifo", ["last in, first out", "dernier entré, premier sorti"]),
    (
        "specific_identification",
        [
            "the lots that the sale names, else first in, first out",
            "lots désignés par la cession, à défaut premier entré, premier sorti",
        ],
    ),
    (
        "uk_section_104",
        [
            "same day, then the 30 days after, then the section 104 pool, United Kingdom",
            "même jour, puis les 30 jours suivants, puis le pool de la section 104, Royaume-Uni",
        ],
    ),
    (
        "us_fifo",
        [
            "first in, first out with wash sales, United States",
            "premier entré, premier sorti avec règle des wash sales, États-Unis",
        ],
    ),
    (
        "us_specific_identification",
        [
            "the lots that the sale names, else first in, first out, with wash sales, United States",
            "lots désignés par la cession, à défaut premier entré, premier sorti, avec wash sales, États-Unis",
        ],
    ),
];

/// A kind of transaction; one that is not listed is shown as it is written.
pub(super) fn kind(code: &str, language: Language) -> String {
    found(KINDS, code, language).map_or_else(|| spelled(code), str::to_owned)
}

/// A kind of corporate action; one that is not listed is shown as it is written.
pub(super) fn event(code: &str, language: Language) -> String {
    found(EVENTS, code, language).map_or_else(|| spelled(code), str::to_owned)
}

/// A rule that looks ahead.
pub(super) fn rule(code: &str, language: Language) -> String {
    found(RULES, code, language).map_or_else(|| code.replace('_', " "), str::to_owned)
}

/// A method by which the lots of a sale are chosen; none if it is not listed.
pub(super) fn cost_basis(code: &str, language: Language) -> Option<&'static str> {
    let [en, fr] = COST_BASIS.iter().find(|(known, _)| *known == code)?.1;
    Some(if language == Language::French { fr } else { en })
}

/// The words of a code in a language.
fn found(entries: &'static [Entry], code: &str, language: Language) -> Option<&'static str> {
    let [en, fr, de, es, it] = entries.iter().find(|(known, _)| *known == code)?.1;
    Some(match language {
        Language::English => en,
        Language::French => fr,
        Language::German => de,
        Language::Spanish => es,
        Language::Italian => it,
    })
}

/// A code in words: `TRANSFER_IN` is `Transfer in`.
fn spelled(code: &str) -> String {
    let lower = code.replace('_', " ").to_lowercase();
    let mut letters = lower.chars();
    match letters.next() {
        Some(first) => first.to_uppercase().chain(letters).collect(),
        None => lower,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn a_code_is_listed_once_and_has_words_in_every_language() {
        for entries in [KINDS, EVENTS, RULES] {
            let codes: BTreeSet<&str> = entries.iter().map(|(code, _)| *code).collect();
            assert_eq!(codes.len(), entries.len());
            assert!(entries.iter().all(|(_, words)| words.iter().all(|word| !word.trim().is_empty())));
        }
    }

    #[test]
    fn english_kinds_read_as_they_are_booked() {
        for (code, [english, ..]) in KINDS {
            assert_eq!(*english, spelled(code));
        }
    }

    #[test]
    fn a_code_that_is_not_listed_is_shown_as_it_is_written() {
        assert_eq!(kind("TRANSFER_IN", Language::German), "Übertrag, Eingang");
        assert_eq!(kind("MARK_UP", Language::French), "Mark up");
        assert_eq!(kind("", Language::French), "");
        assert_eq!(event("REVERSE_SPLIT", Language::English), "Reverse split");
        assert_eq!(rule("later_rule", Language::French), "later rule");
    }
}
