//! The words of mails that say that there is something new.

use super::words::labels;

labels! {
/// A text of a mail about a notification: `{what}` is the subject of it.
NotificationLabel {
    DocumentReady =
        "A new document is there", "Un nouveau document est disponible", "Ein neues Dokument ist da",
        "Hay un documento nuevo", "È disponibile un nuovo documento";
    OrderEnded =
        "What you ordered has ended", "Votre demande est terminée", "Ihr Auftrag ist beendet",
        "Su solicitud ha terminado", "La sua richiesta è terminata";
    ApprovalWaiting =
        "A change waits for your decision", "Une modification attend votre décision",
        "Eine Änderung wartet auf Ihre Entscheidung", "Un cambio espera su decisión",
        "Una modifica attende la sua decisione";
    NewSignIn =
        "A sign-in with a new program", "Une connexion depuis un nouveau programme",
        "Eine Anmeldung mit einem neuen Programm", "Un inicio de sesión con un programa nuevo",
        "Un accesso con un nuovo programma";
    Body =
        "{what}. Sign in to see it.\n\nIf you do not want such mails, choose so in the settings of notifications.\n",
        "{what}. Connectez-vous pour le consulter.\n\nSi vous ne souhaitez plus recevoir ces messages, indiquez-le \
         dans les paramètres des notifications.\n",
        "{what}. Melden Sie sich an, um es zu sehen.\n\nWenn Sie solche Nachrichten nicht wünschen, wählen Sie das in \
         den Einstellungen der Benachrichtigungen.\n",
        "{what}. Inicie sesión para verlo.\n\nSi no desea estos mensajes, indíquelo en los ajustes de \
         notificaciones.\n",
        "{what}. Acceda per vederlo.\n\nSe non desidera questi messaggi, lo scelga nelle impostazioni delle \
         notifiche.\n";
}
}
