//! The words of mails about accounts.

use super::words::labels;

labels! {
/// A text of a mail about an account: `{token}` is what its reader sends back.
AccountLabel {
    VerifyEmailSubject =
        "Confirm your address", "Confirmez votre adresse", "Bestätigen Sie Ihre Adresse", "Confirme su dirección",
        "Confermi il suo indirizzo";
    VerifyEmailBody =
        "Somebody, probably you, registered with this address. To confirm that it is yours, enter this \
         code:\n\n{token}\n\nIt is valid for two days. If it was not you, do nothing: without the code nobody can \
         sign in.\n",
        "Quelqu’un, probablement vous, s’est inscrit avec cette adresse. Pour confirmer qu’elle est la vôtre, \
         saisissez ce code :\n\n{token}\n\nIl est valable deux jours. Si ce n’était pas vous, ne faites rien : sans \
         le code, personne ne peut se connecter.\n",
        "Jemand, wahrscheinlich Sie, hat sich mit dieser Adresse registriert. Um zu bestätigen, dass sie Ihre ist, \
         geben Sie diesen Code ein:\n\n{token}\n\nEr gilt zwei Tage. Wenn Sie es nicht waren, tun Sie nichts: Ohne \
         den Code kann sich niemand anmelden.\n",
        "Alguien, probablemente usted, se ha registrado con esta dirección. Para confirmar que es suya, introduzca \
         este código:\n\n{token}\n\nEs válido durante dos días. Si no ha sido usted, no haga nada: sin el código \
         nadie puede iniciar sesión.\n",
        "Qualcuno, probabilmente lei, si è registrato con questo indirizzo. Per confermare che è suo, inserisca \
         questo codice:\n\n{token}\n\nÈ valido per due giorni. Se non è stato lei, non faccia nulla: senza il codice \
         nessuno può accedere.\n";
    SetPasswordSubject =
        "Set your password", "Choisissez votre mot de passe", "Legen Sie Ihr Passwort fest", "Establezca su contraseña",
        "Imposti la sua password";
    SetPasswordBody =
        "A new password was asked for, for the account with this address. To set one, enter this \
         code:\n\n{token}\n\nIt is valid for two hours. If it was not you, do nothing: your password stays.\n",
        "Un nouveau mot de passe a été demandé pour le compte lié à cette adresse. Pour le choisir, saisissez ce code \
         :\n\n{token}\n\nIl est valable deux heures. Si ce n’était pas vous, ne faites rien : votre mot de passe ne \
         change pas.\n",
        "Für das Konto mit dieser Adresse wurde ein neues Passwort verlangt. Um eines festzulegen, geben Sie diesen \
         Code ein:\n\n{token}\n\nEr gilt zwei Stunden. Wenn Sie es nicht waren, tun Sie nichts: Ihr Passwort bleibt.\n",
        "Se ha pedido una nueva contraseña para la cuenta con esta dirección. Para establecerla, introduzca este \
         código:\n\n{token}\n\nEs válido durante dos horas. Si no ha sido usted, no haga nada: su contraseña no \
         cambia.\n",
        "È stata richiesta una nuova password per il conto con questo indirizzo. Per impostarla, inserisca questo \
         codice:\n\n{token}\n\nÈ valido per due ore. Se non è stato lei, non faccia nulla: la sua password non \
         cambia.\n";
    RegisteredAlreadySubject =
        "You have an account", "Vous avez un compte", "Sie haben ein Konto", "Usted tiene una cuenta",
        "Lei ha già un conto";
    RegisteredAlreadyBody =
        "Somebody, perhaps you, registered with this address, which has an account already. Nothing was changed. If \
         you forgot your password, ask for another one.\n",
        "Quelqu’un, peut-être vous, s’est inscrit avec cette adresse, qui a déjà un compte. Rien n’a changé. Si vous \
         avez oublié votre mot de passe, demandez-en un autre.\n",
        "Jemand, vielleicht Sie, hat sich mit dieser Adresse registriert, die bereits ein Konto hat. Nichts wurde \
         geändert. Wenn Sie Ihr Passwort vergessen haben, verlangen Sie ein neues.\n",
        "Alguien, quizá usted, se ha registrado con esta dirección, que ya tiene una cuenta. No se ha cambiado nada. \
         Si ha olvidado su contraseña, pida otra.\n",
        "Qualcuno, forse lei, si è registrato con questo indirizzo, che ha già un conto. Nulla è cambiato. Se ha \
         dimenticato la password, ne chieda un’altra.\n";
    PasswordChangedSubject =
        "Your password was changed", "Votre mot de passe a été modifié", "Ihr Passwort wurde geändert",
        "Su contraseña ha cambiado", "La sua password è stata cambiata";
    PasswordChangedBody =
        "The password of your account was changed, and all other sessions have ended. If it was not you, set another \
         password now and tell us.\n",
        "Le mot de passe de votre compte a été modifié et toutes les autres sessions ont pris fin. Si ce n’était pas \
         vous, choisissez-en un autre maintenant et prévenez-nous.\n",
        "Das Passwort Ihres Kontos wurde geändert, und alle anderen Sitzungen sind beendet. Wenn Sie es nicht waren, \
         legen Sie jetzt ein anderes fest und sagen Sie es uns.\n",
        "La contraseña de su cuenta ha cambiado y todas las demás sesiones han terminado. Si no ha sido usted, \
         establezca otra ahora y avísenos.\n",
        "La password del suo conto è stata cambiata e tutte le altre sessioni sono terminate. Se non è stato lei, ne \
         imposti subito un’altra e ci avvisi.\n";
    SecondFactorAddedSubject =
        "A second factor was turned on", "Un second facteur a été activé", "Ein zweiter Faktor wurde eingeschaltet",
        "Se ha activado un segundo factor", "È stato attivato un secondo fattore";
    SecondFactorAddedBody =
        "A second factor was turned on for your account; if there was one before, it has been replaced. All other \
         sessions have ended. If it was not you, set another password now and tell us.\n",
        "Un second facteur a été activé pour votre compte ; s’il y en avait déjà un, il a été remplacé. Toutes les \
         autres sessions ont pris fin. Si ce n’était pas vous, choisissez maintenant un autre mot de passe et \
         prévenez-nous.\n",
        "Für Ihr Konto wurde ein zweiter Faktor eingeschaltet; gab es schon einen, wurde er ersetzt. Alle anderen \
         Sitzungen sind beendet. Wenn Sie es nicht waren, legen Sie jetzt ein anderes Passwort fest und sagen Sie es \
         uns.\n",
        "Se ha activado un segundo factor para su cuenta; si ya había uno, ha sido sustituido. Todas las demás \
         sesiones han terminado. Si no ha sido usted, establezca ahora otra contraseña y avísenos.\n",
        "È stato attivato un secondo fattore per il suo conto; se ce n’era già uno, è stato sostituito. Tutte le altre \
         sessioni sono terminate. Se non è stato lei, imposti subito un’altra password e ci avvisi.\n";
    SecondFactorRemovedSubject =
        "Your second factor was removed", "Votre second facteur a été supprimé", "Ihr zweiter Faktor wurde entfernt",
        "Se ha eliminado su segundo factor", "Il suo secondo fattore è stato rimosso";
    SecondFactorRemovedBody =
        "The second factor of your account was removed, and its recovery codes are no longer valid. Other sessions \
         have ended. If you did not do this and did not ask us to, set another password now and tell us.\n",
        "Le second facteur de votre compte a été supprimé et ses codes de secours ne sont plus valables. Les autres \
         sessions ont pris fin. Si vous ne l’avez ni fait ni demandé, choisissez maintenant un autre mot de passe et \
         prévenez-nous.\n",
        "Der zweite Faktor Ihres Kontos wurde entfernt, und seine Wiederherstellungscodes gelten nicht mehr. Andere \
         Sitzungen sind beendet. Wenn Sie das weder getan noch von uns verlangt haben, legen Sie jetzt ein anderes \
         Passwort fest und sagen Sie es uns.\n",
        "Se ha eliminado el segundo factor de su cuenta y sus códigos de recuperación ya no son válidos. Las demás \
         sesiones han terminado. Si no lo ha hecho ni lo ha pedido usted, establezca ahora otra contraseña y \
         avísenos.\n",
        "Il secondo fattore del suo conto è stato rimosso e i suoi codici di recupero non sono più validi. Le altre \
         sessioni sono terminate. Se non lo ha fatto né chiesto lei, imposti subito un’altra password e ci avvisi.\n";
    RecoveryCodesRenewedSubject =
        "New recovery codes were made", "De nouveaux codes de secours ont été créés",
        "Neue Wiederherstellungscodes wurden erstellt", "Se han creado nuevos códigos de recuperación",
        "Sono stati creati nuovi codici di recupero";
    RecoveryCodesRenewedBody =
        "New recovery codes were made for your account; those from before are no longer valid. If it was not you, set \
         another password now and tell us.\n",
        "De nouveaux codes de secours ont été créés pour votre compte ; les précédents ne sont plus valables. Si ce \
         n’était pas vous, choisissez maintenant un autre mot de passe et prévenez-nous.\n",
        "Für Ihr Konto wurden neue Wiederherstellungscodes erstellt; die bisherigen gelten nicht mehr. Wenn Sie es \
         nicht waren, legen Sie jetzt ein anderes Passwort fest und sagen Sie es uns.\n",
        "Se han creado nuevos códigos de recuperación para su cuenta; los anteriores ya no son válidos. Si no ha sido \
         usted, establezca ahora otra contraseña y avísenos.\n",
        "Sono stati creati nuovi codici di recupero per il suo conto; i precedenti non sono più validi. Se non è stato \
         lei, imposti subito un’altra password e ci avvisi.\n";
    OtherHouseLinkedSubject =
        "You can sign in another way", "Vous pouvez vous connecter autrement",
        "Sie können sich auf einem weiteren Weg anmelden", "Puede iniciar sesión de otra manera",
        "Può accedere in un altro modo";
    OtherHouseLinkedBody =
        "Your account was linked to an account at another provider: whoever signs in there can sign in here, too. If \
         you did not do this and did not ask us to, tell us now.\n",
        "Votre compte a été lié à un compte chez un autre fournisseur : celui qui s’y connecte peut aussi se connecter \
         ici. Si vous ne l’avez ni fait ni demandé, prévenez-nous maintenant.\n",
        "Ihr Konto wurde mit einem Konto bei einem anderen Anbieter verbunden: Wer sich dort anmeldet, kann sich auch \
         hier anmelden. Wenn Sie das weder getan noch von uns verlangt haben, sagen Sie es uns jetzt.\n",
        "Su cuenta se ha vinculado a una cuenta de otro proveedor: quien inicie sesión allí también puede hacerlo \
         aquí. Si no lo ha hecho ni lo ha pedido usted, avísenos ahora.\n",
        "Il suo conto è stato collegato a un conto presso un altro fornitore: chi accede lì può accedere anche qui. Se \
         non lo ha fatto né chiesto lei, ci avvisi subito.\n";
    PasskeyAddedSubject =
        "A passkey was added", "Une clé d’accès a été ajoutée", "Ein Passkey wurde hinzugefügt",
        "Se ha añadido una clave de acceso", "È stata aggiunta una passkey";
    PasskeyAddedBody =
        "A passkey was added to your account: whoever has the device and can unlock it can sign in. If you did not do \
         this, remove the passkey, set another password and tell us.\n",
        "Une clé d’accès a été ajoutée à votre compte : celui qui a l’appareil et peut le déverrouiller peut se \
         connecter. Si vous ne l’avez pas fait, supprimez cette clé, choisissez un autre mot de passe et \
         prévenez-nous.\n",
        "Ihrem Konto wurde ein Passkey hinzugefügt: Wer das Gerät hat und es entsperren kann, kann sich anmelden. Wenn \
         Sie es nicht waren, entfernen Sie den Passkey, legen Sie ein anderes Passwort fest und sagen Sie es uns.\n",
        "Se ha añadido una clave de acceso a su cuenta: quien tenga el dispositivo y pueda desbloquearlo puede iniciar \
         sesión. Si no ha sido usted, elimine la clave, establezca otra contraseña y avísenos.\n",
        "Al suo conto è stata aggiunta una passkey: chi ha il dispositivo e può sbloccarlo può accedere. Se non è \
         stato lei, rimuova la passkey, imposti un’altra password e ci avvisi.\n";
    PasskeyRemovedSubject =
        "A passkey was removed", "Une clé d’accès a été supprimée", "Ein Passkey wurde entfernt",
        "Se ha eliminado una clave de acceso", "È stata rimossa una passkey";
    PasskeyRemovedBody =
        "A passkey was removed from your account; it no longer signs in. All other sessions have ended. If you did not \
         do this and did not ask us to, set another password now and tell us.\n",
        "Une clé d’accès de votre compte a été supprimée ; elle ne permet plus de se connecter. Toutes les autres \
         sessions sont terminées. Si vous ne l’avez ni fait ni demandé, choisissez maintenant un autre mot de passe et \
         prévenez-nous.\n",
        "Ein Passkey Ihres Kontos wurde entfernt; er meldet nicht mehr an. Alle anderen Sitzungen sind beendet. Wenn \
         Sie das weder getan noch von uns verlangt haben, legen Sie jetzt ein anderes Passwort fest und sagen Sie es \
         uns.\n",
        "Se ha eliminado una clave de acceso de su cuenta; ya no permite iniciar sesión. Las demás sesiones han \
         terminado. Si no lo ha hecho ni lo ha pedido usted, establezca ahora otra contraseña y avísenos.\n",
        "Una passkey del suo conto è stata rimossa e non permette più di accedere. Le altre sessioni sono terminate. \
         Se non lo ha fatto né chiesto lei, imposti subito un’altra password e ci avvisi.\n";
}
}
