//! The steps of the change in value in the words of every language.
//!
//! English is what schemas says of a component. Definitions are sentences: complete in English and French.

use schemas::Language;
use schemas::tables::nav_bridge::BridgeComponent;

/// A component: its title in French, German, Spanish and Italian, and its definition in French.
type Step = (BridgeComponent, [&'static str; 4], &'static str);

const STEPS: &[Step] = &[
    (
        BridgeComponent::OpeningBalances,
        ["Soldes d’ouverture", "Anfangsbestände", "Saldos de apertura", "Saldi iniziali"],
        "espèces et titres présents à l’ouverture des comptes, les titres à leur valeur du jour",
    ),
    (
        BridgeComponent::Contributions,
        ["Apports", "Einzahlungen", "Aportaciones", "Conferimenti"],
        "espèces versées par le client",
    ),
    (
        BridgeComponent::Withdrawals,
        ["Retraits", "Auszahlungen", "Retiradas", "Prelievi"],
        "espèces retirées par le client",
    ),
    (
        BridgeComponent::TransfersIn,
        ["Transferts entrants", "Überträge, Eingang", "Traspasos de entrada", "Trasferimenti in entrata"],
        "titres apportés, à leur valeur du jour",
    ),
    (
        BridgeComponent::TransfersOut,
        ["Transferts sortants", "Überträge, Ausgang", "Traspasos de salida", "Trasferimenti in uscita"],
        "titres sortis, à leur valeur du jour",
    ),
    (
        BridgeComponent::Dividends,
        ["Dividendes", "Dividenden", "Dividendos", "Dividendi"],
        "revenus versés par les émetteurs, avant l’impôt retenu",
    ),
    (
        BridgeComponent::Interest,
        ["Intérêts", "Zinsen", "Intereses", "Interessi"],
        "intérêts reçus moins intérêts payés, avant impôt",
    ),
    (
        BridgeComponent::AccruedInterest,
        ["Intérêts courus", "Stückzinsen", "Cupón corrido", "Rateo d’interessi"],
        "intérêts courus sur obligations, reçus à la vente moins payés à l’achat",
    ),
    (
        BridgeComponent::LendingIncome,
        ["Revenus du prêt de titres", "Erträge aus Wertpapierleihe", "Préstamo de valores", "Prestito titoli"],
        "ce que les emprunteurs de titres ont payé moins ce qui leur a été rendu, avant impôt",
    ),
    (
        BridgeComponent::RealisedPriceGain,
        [
            "Plus-value réalisée, cours",
            "Realisierter Gewinn, Kurse",
            "Plusvalía realizada, precios",
            "Plusvalenza realizzata, prezzi",
        ],
        "produit moins prix de revient des titres cédés, tous deux avant frais, au taux de change de la cession",
    ),
    (
        BridgeComponent::RealisedCurrencyGain,
        [
            "Plus-value réalisée, change",
            "Realisierter Gewinn, Wechselkurse",
            "Plusvalía realizada, divisas",
            "Plusvalenza realizzata, cambi",
        ],
        "prix de revient des titres cédés au taux de change de la cession, moins aux taux des achats",
    ),
    (
        BridgeComponent::UnrealisedPriceGain,
        [
            "Plus-value latente, cours",
            "Unrealisierter Gewinn, Kurse",
            "Plusvalía latente, precios",
            "Plusvalenza latente, prezzi",
        ],
        "variation de l’écart entre valeur et prix de revient des titres détenus, avant frais, au taux de change du \
         jour",
    ),
    (
        BridgeComponent::UnrealisedCurrencyGain,
        [
            "Plus-value latente, change",
            "Unrealisierter Gewinn, Wechselkurse",
            "Plusvalía latente, divisas",
            "Plusvalenza latente, cambi",
        ],
        "variation du prix de revient des titres détenus au taux de change du jour, moins aux taux des achats",
    ),
    (
        BridgeComponent::CashCurrencyGain,
        [
            "Effet de change sur liquidités",
            "Wechselkurse auf Liquidität",
            "Divisas en efectivo",
            "Cambi sulla liquidità",
        ],
        "effet des taux de change sur les soldes de liquidités, marge des opérations de change comprise",
    ),
    (
        BridgeComponent::Exchanges,
        ["Conversions entre devises", "Tausch zwischen Währungen", "Cambios entre divisas", "Conversioni tra valute"],
        "montants passés d’une devise à une autre, au taux de l’opération ; leur somme est nulle",
    ),
    (
        BridgeComponent::Fee,
        ["Autres frais", "Sonstige Gebühren", "Otras comisiones", "Altre commissioni"],
        "frais sans nature propre",
    ),
    (
        BridgeComponent::FeeCustody,
        ["Droits de garde", "Depotgebühren", "Comisiones de custodia", "Commissioni di custodia"],
        "frais de conservation",
    ),
    (
        BridgeComponent::FeeManagement,
        ["Commissions de gestion", "Verwaltungsgebühren", "Comisiones de gestión", "Commissioni di gestione"],
        "frais de gestion ou de conseil",
    ),
    (
        BridgeComponent::FeePerformance,
        ["Commissions de surperformance", "Erfolgsgebühren", "Comisiones de éxito", "Commissioni di performance"],
        "frais qui dépendent du résultat",
    ),
    (
        BridgeComponent::FeeBrokerage,
        ["Courtages", "Maklergebühren", "Corretajes", "Commissioni di negoziazione"],
        "commissions, y compris celles contenues dans les opérations et les conversions de devises",
    ),
    (
        BridgeComponent::FeeExchange,
        ["Frais de marché", "Börsengebühren", "Cánones de bolsa", "Diritti di borsa"],
        "frais des bourses, des chambres de compensation et des données de marché",
    ),
    (
        BridgeComponent::Tax,
        ["Autres impôts", "Sonstige Steuern", "Otros impuestos", "Altre imposte"],
        "impôts sans nature propre, moins remboursements",
    ),
    (
        BridgeComponent::TaxWithholding,
        ["Retenues à la source", "Quellensteuer", "Retención en origen", "Ritenute alla fonte"],
        "impôt retenu sur les revenus",
    ),
    (
        BridgeComponent::TaxReclaim,
        ["Retenues à la source récupérées", "Erstattete Quellensteuer", "Retención recuperada", "Ritenute recuperate"],
        "retenue à la source restituée",
    ),
    (
        BridgeComponent::TaxStampDuty,
        ["Droits de timbre", "Stempelsteuer", "Impuesto de timbre", "Imposta di bollo"],
        "droits de timbre comptabilisés à part de leurs opérations",
    ),
    (
        BridgeComponent::TaxTransaction,
        [
            "Taxes sur les transactions",
            "Transaktionssteuer",
            "Impuesto sobre transacciones",
            "Imposta sulle transazioni",
        ],
        "taxes sur les opérations, y compris celles contenues dans les opérations",
    ),
    (
        BridgeComponent::CorporateActions,
        ["Opérations sur titres", "Kapitalmaßnahmen", "Operaciones societarias", "Operazioni societarie"],
        "ce que les opérations sur titres ont apporté ou retiré au-delà des plus-values réalisées",
    ),
    (
        BridgeComponent::WriteOffs,
        ["Passages en perte", "Ausbuchungen", "Bajas por pérdida", "Cancellazioni"],
        "prix de revient des titres devenus sans valeur, avant frais",
    ),
    (
        BridgeComponent::Corrections,
        ["Corrections", "Korrekturen", "Correcciones", "Rettifiche"],
        "espèces et prix de revient rendus ou repris par l’extourne d’écritures antérieures",
    ),
    (
        BridgeComponent::Residual,
        ["Inexpliqué", "Nicht erklärt", "Sin explicar", "Non spiegato"],
        "ce qu’aucune composante n’explique",
    ),
    (
        BridgeComponent::Unknown,
        ["Non connu", "Nicht bekannt", "No conocido", "Non noto"],
        "variation dont les composantes ne seront jamais connues",
    ),
    (
        BridgeComponent::Gap,
        ["Non valorisé", "Nicht bewertet", "Sin valorar", "Non valorizzato"],
        "clôture qui n’a pas pu être valorisée ; ce qui s’est produit jusque-là compte à la prochaine qui peut l’être",
    ),
];

/// What a component is called.
pub(super) fn title(component: BridgeComponent, language: Language) -> &'static str {
    let [fr, de, es, it] = step(component).map_or([component.title(); 4], |step| step.1);
    match language {
        Language::English => component.title(),
        Language::French => fr,
        Language::German => de,
        Language::Spanish => es,
        Language::Italian => it,
    }
}

/// What a component counts, in a phrase; in English where there is no translation.
pub(super) fn definition(component: BridgeComponent, language: Language) -> &'static str {
    let french = step(component).filter(|_| language == Language::French).map(|step| step.2);
    french.unwrap_or_else(|| component.definition())
}

fn step(component: BridgeComponent) -> Option<&'static Step> {
    STEPS.iter().find(|(known, ..)| *known == component)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_component_has_words_in_every_language() {
        let listed: Vec<BridgeComponent> = STEPS.iter().map(|(component, ..)| *component).collect();
        assert_eq!(listed, BridgeComponent::ALL);
        for (component, titles, definition) in STEPS {
            assert!(titles.iter().chain([definition]).all(|words| !words.trim().is_empty()), "{component}");
        }
    }
}
