//! The text of the guides.

/// A picture of a page.
#[derive(Debug)]
pub(super) struct Picture {
    /// Static file.
    pub(super) file: &'static str,
    /// What it shows, for who does not see it.
    pub(super) alt: &'static str,
    /// Width, in pixels.
    pub(super) width: u16,
    /// Height, in pixels.
    pub(super) height: u16,
}

/// A step of a guide.
#[derive(Debug)]
pub(super) struct Step {
    /// Anchor.
    pub(super) key: &'static str,
    /// Title.
    pub(super) title: &'static str,
    /// Paragraphs.
    pub(super) texts: &'static [&'static str],
    /// Picture of the page in question.
    pub(super) picture: Option<Picture>,
}

/// The guide of a role.
#[derive(Debug)]
pub(super) struct Guide {
    /// Last part of its address.
    pub(super) key: &'static str,
    /// Title.
    pub(super) title: &'static str,
    /// A sentence under it.
    pub(super) lead: &'static str,
    /// Steps, in the order in which they come.
    pub(super) steps: &'static [Step],
}

/// Guides, in the order of a dossier's life.
pub(super) static GUIDES: [Guide; 6] = [
    Guide {
        key: "porteur",
        title: "Porteur et équipe",
        lead: "Écrire le dossier à plusieurs, puis le déposer avant la limite.",
        steps: &[
            Step {
                key: "dossier",
                title: "Votre dossier, d’un coup d’œil",
                texts: &[
                    "La page du dossier montre les cinq livrables, une case par élément attendu, la date limite en toutes lettres et \
                     ce qui manque encore. Chaque point manquant est un lien vers la question même.",
                    "Rien n’oblige à suivre l’ordre\u{a0}: ouvrez le livrable qui vous convient, quittez-le, revenez.",
                ],
                picture: Some(Picture {
                    file: "aide-dossier.webp",
                    alt: "Page d’un dossier\u{a0}: les livrables avec leur avancement, une case par élément attendu, et ce qui manque pour déposer.",
                    width: 1120,
                    height: 700,
                }),
            },
            Step {
                key: "ecrire",
                title: "Écrire sans rien perdre",
                texts: &[
                    "Le texte s’enregistre tout seul, environ une seconde après la dernière frappe\u{a0}; la ligne du bas le dit. Sans \
                     réseau, la saisie attend dans ce navigateur et part au retour de la connexion.",
                    "À plusieurs sur la même réponse, les deux textes sont réunis quand ils ne se touchent pas. Sinon les deux sont \
                     montrés côte à côte et vous choisissez\u{a0}; l’autre reste dans l’historique.",
                    "La marge de chaque question dit ce qui est attendu, et ce qui sera jugé.",
                ],
                picture: Some(Picture {
                    file: "aide-question.webp",
                    alt: "Une question d’un livrable, sa réponse, et dans la marge ce qui est attendu et le critère qui la juge.",
                    width: 1120,
                    height: 700,
                }),
            },
            Step {
                key: "acteurs",
                title: "Saisir les acteurs et les flux une fois",
                texts: &[
                    "Les acteurs, leurs flux et les synergies se saisissent une seule fois\u{a0}: ils nourrissent la carte, les \
                     pistes, le document d’engagement et le PDF. Une liste existante s’importe en CSV ou en XLSX, avec un aperçu ligne \
                     par ligne et une annulation en un geste.",
                    "La page des pistes propose ce que ces flux pourraient échanger\u{a0}; vous gardez, corrigez ou écartez. Rien \
                     n’entre dans le dossier sans votre décision.",
                ],
                picture: Some(Picture {
                    file: "aide-pistes.webp",
                    alt: "La page des pistes\u{a0}: types, paires, mutualisations, chaînons manquants, et ses filtres.",
                    width: 1120,
                    height: 700,
                }),
            },
            Step {
                key: "equipe",
                title: "Travailler en équipe",
                texts: &[
                    "La page Équipe invite des personnes par courriel\u{a0}: elles lisent, écrivent ou conseillent (AMO). Vous pouvez \
                     limiter chacune à certains livrables, et déléguer le dépôt à une personne qui écrit.",
                    "Les commentaires de l’équipe ne sont jamais montrés à l’administration.",
                ],
                picture: None,
            },
            Step {
                key: "accompagnement",
                title: "Se former, se faire aider, demander",
                texts: &[
                    "Les formations de l’appel sont annoncées à l’accueil tant que les inscriptions sont ouvertes\u{a0}; une formation \
                     complète a sa liste d’attente. La présence donne une attestation, jamais une note.",
                    "La page Assistance (AMO) du dossier dit toujours la suite\u{a0}: relire le cahier des charges, consulter, comparer, \
                     choisir, puis demander la subvention. L’administration ne sait rien des offres avant votre choix.",
                    "Une question sur l’appel se pose depuis le dossier ou la page de l’appel\u{a0}: vous seul et les gestionnaires la \
                     lisez. Une réponse utile à tous paraît sur la page de l’appel, sans dire qui a demandé.",
                ],
                picture: None,
            },
            Step {
                key: "engagements",
                title: "Recueillir les engagements",
                texts: &["Le document d’engagement se publie une fois prêt\u{a0}; chaque partenaire reçoit un lien personnel, lit une page \
                     et signe ou décline, sans compte. Une signature reçue sur papier s’enregistre avec son scan."],
                picture: None,
            },
            Step {
                key: "deposer",
                title: "Déposer",
                texts: &[
                    "La page Dépôt vérifie les points bloquants. Un dépôt est une copie figée, avec un numéro et un récépissé\u{a0}; \
                     vous pouvez déposer de nouveau jusqu’à la limite, seul le dernier compte.",
                    "Modifier le dossier après un dépôt ne change pas ce qui est déposé\u{a0}: la page le rappelle jusqu’au dépôt \
                     suivant.",
                ],
                picture: Some(Picture {
                    file: "aide-depot.webp",
                    alt: "La page de dépôt\u{a0}: ce qui est prêt, ce qui bloque, et le bouton pour déposer.",
                    width: 1120,
                    height: 700,
                }),
            },
            Step {
                key: "apres",
                title: "Après le dépôt",
                texts: &[
                    "Si une correction est demandée, seuls les points visés se rouvrent, jusqu’à la date dite. Le résultat paraît sur \
                     la page du dossier une fois publié, avec la lettre et les décisions.",
                    "Votre expérience peut servir à d’autres\u{a0}: la fiche retour d’expérience se prépare depuis le dossier, vous \
                     choisissez ce qui en est montré.",
                ],
                picture: None,
            },
        ],
    },
    Guide {
        key: "partenaire",
        title: "Partenaire",
        lead: "Lire un engagement et répondre, sans créer de compte.",
        steps: &[
            Step {
                key: "lien",
                title: "Le lien reçu par courriel",
                texts: &["Le lien est personnel\u{a0}: il ouvre le document d’engagement du territoire, et rien d’autre. Ne le faites pas \
                     suivre. S’il a expiré, demandez-en un nouveau à la personne qui vous l’a envoyé\u{a0}: son nom est dans le \
                     courriel."],
                picture: None,
            },
            Step {
                key: "signer",
                title: "Signer, ou décliner",
                texts: &[
                    "Lisez, choisissez la forme de votre engagement, indiquez votre nom et votre fonction, puis signez. Un exemplaire \
                     daté vous reste accessible par le même lien.",
                    "Vous pouvez décliner en un mot, ou retirer votre signature plus tard\u{a0}: le porteur en est prévenu.",
                    "Vous pouvez aussi ne plus recevoir de rappels.",
                ],
                picture: None,
            },
        ],
    },
    Guide {
        key: "evaluateur",
        title: "Évaluateur",
        lead: "Noter chaque dossier face à ce qu’il contient.",
        steps: &[
            Step {
                key: "liste",
                title: "Vos dossiers",
                texts: &["La page Évaluations liste les dossiers qui vous sont confiés, l’échéance et l’état de chacun. \
                     «\u{a0}Suivant\u{a0}» mène au dossier qui a le plus besoin d’une lecture."],
                picture: Some(Picture {
                    file: "aide-evaluations.webp",
                    alt: "La liste des dossiers à évaluer, avec leur état et leur échéance.",
                    width: 1120,
                    height: 700,
                }),
            },
            Step {
                key: "noter",
                title: "Noter et motiver",
                texts: &[
                    "Le texte déposé est à gauche, la grille à droite. Chaque note de 0 à 4 a sa description\u{a0}; «\u{a0}Non \
                     évaluable\u{a0}» sort le critère du calcul. Tout se fait au clavier\u{a0}: les flèches changent la note, Tab \
                     passe au motif.",
                    "Votre brouillon est privé et s’enregistre tout seul. Rendre l’évaluation la rend comptée\u{a0}; vous pouvez la \
                     rouvrir tant que l’évaluation est en cours, et la modification est signalée.",
                ],
                picture: Some(Picture {
                    file: "aide-grille.webp", alt: "Le texte déposé à gauche, la grille de notation à droite.", width: 1120, height: 700
                }),
            },
            Step {
                key: "deport",
                title: "Se déporter",
                texts: &["En cas de conflit d’intérêts, dites-le avant d’ouvrir le dossier\u{a0}: il disparaît alors de vos listes, comptes \
                     et classements. Un gestionnaire peut aussi vous en écarter."],
                picture: None,
            },
        ],
    },
    Guide {
        key: "comite",
        title: "Membre du comité",
        lead: "Suivre toute la phase, puis délibérer.",
        steps: &[
            Step {
                key: "tableau",
                title: "Le tableau",
                texts: &[
                    "Tous les dossiers de l’appel sur une page\u{a0}: avancement, dépôts, évaluations, moyennes et dispersion. Chaque \
                     filtre est dans l’adresse\u{a0}: une vue se garde en signet et s’envoie.",
                    "Trois vues\u{a0}: l’ensemble, l’avancement avec ses risques, l’accompagnement (formation, AMO, corrections). Chaque nombre mène \
                     à la liste de ce qu’il compte. «\u{a0}Enregistrer cette vue\u{a0}» garde filtres et ordre sous un nom, pour vous seul. La carte \
                     montre les périmètres déposés, ou que leur porteur montre, et le calendrier de l’appel.",
                    "Chaque score s’ouvre sur son calcul, jusqu’à la note d’origine.",
                ],
                picture: Some(Picture {
                    file: "aide-tableau.webp",
                    alt: "Le tableau du comité\u{a0}: une ligne par dossier, avec avancement et moyennes.",
                    width: 1120,
                    height: 700,
                }),
            },
            Step {
                key: "rangs",
                title: "Rangs et intervalles",
                texts: &["Un rang est donné avec l’intervalle où il se trouve neuf fois sur dix quand on retire au sort les \
                     évaluations\u{a0}: deux dossiers dont les intervalles se recouvrent ne sont pas vraiment départagés. La page \
                     d’étude dit aussi la sévérité de chacun et permet d’essayer d’autres poids, sans rien changer."],
                picture: None,
            },
            Step {
                key: "seance",
                title: "En séance",
                texts: &["L’ordre du jour place d’abord les dossiers en désaccord. La page en direct suit le dossier en cours\u{a0}; qui \
                     est en déport n’y voit que ce mot. L’avis se consigne en séance, le compte rendu se relit, s’approuve et \
                     s’imprime."],
                picture: None,
            },
        ],
    },
    Guide {
        key: "gestionnaire",
        title: "Gestionnaire de l’appel",
        lead: "Régler l’appel, instruire, publier.",
        steps: &[
            Step {
                key: "appel",
                title: "Régler l’appel",
                texts: &["Dates, textes, critères et poids, contacts, documents, comité\u{a0}: tout se règle depuis la page Appel, sans \
                     développeur. Une date déplacée demande une raison, et les équipes sont prévenues."],
                picture: Some(Picture {
                    file: "aide-appel.webp",
                    alt: "La page de gestion\u{a0}: les onglets des réglages, et les appels que l’on gère.",
                    width: 1120,
                    height: 700,
                }),
            },
            Step {
                key: "dossiers",
                title: "Créer les dossiers et inviter",
                texts: &["Un dossier se crée après la manifestation d’intérêt\u{a0}; l’éligibilité notifiée, son porteur est invité par \
                     courriel. Un dépôt reçu par courrier s’enregistre au même registre que les autres."],
                picture: None,
            },
            Step {
                key: "accompagner",
                title: "Accompagner",
                texts: &[
                    "Les formations se préparent, se complètent et s’émargent depuis la page Formations. Les questions posées à l’appel \
                     attendent à la page Questions\u{a0}: répondez, puis publiez si la réponse sert à tous, en d’autres termes.",
                    "Les demandes de subvention déposées attendent à la page Subventions\u{a0}: la réponse du fonds s’y enregistre avec sa \
                     date et sa référence, un refus avec son motif. Le porteur en est prévenu.",
                ],
                picture: None,
            },
            Step {
                key: "instruire",
                title: "Instruire",
                texts: &["Après la limite, l’examen de recevabilité place chaque pièce en face de ce qui est calculé. Une correction se \
                     demande sur des points précis, avec une date\u{a0}: seuls ces points se rouvrent, la réponse revient sous forme \
                     de différences."],
                picture: None,
            },
            Step {
                key: "evaluer",
                title: "Faire évaluer",
                texts: &["«\u{a0}Ouvrir l’évaluation\u{a0}» fige les dépôts. Les affectations se font à la main ou se proposent\u{a0}: au \
                     moins une lecture ADEME et une Région, charge équilibrée, aucun conflit."],
                picture: None,
            },
            Step {
                key: "publier",
                title: "Décider et publier",
                texts: &["Les trois instances s’enregistrent avec leur date, leur référence et leur texte. Résultats et lettres se \
                     préparent, se relisent destinataire par destinataire, puis une seconde personne publie le tout en un acte. Avant \
                     cela, rien n’est visible des porteurs."],
                picture: None,
            },
        ],
    },
    Guide {
        key: "exploitant",
        title: "Exploitant",
        lead: "Héberger le service.",
        steps: &[
            Step {
                key: "installer",
                title: "Installer et mettre à jour",
                texts: &["Un programme, une base PostgreSQL, un dossier de données. Le fichier README dit les réglages\u{a0}; les \
                     migrations s’appliquent au démarrage."],
                picture: None,
            },
            Step {
                key: "suivre",
                title: "Suivre",
                texts: &["La page Exploitation donne les comptes et l’état des courriels, sans montrer le contenu des dossiers. Les \
                     courriels en échec se renvoient de là. «\u{a0}trame check\u{a0}» vérifie toutes les données et dit ce qui ne \
                     concorde pas."],
                picture: None,
            },
        ],
    },
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_picture_is_shipped_and_every_anchor_is_its_own() {
        for guide in &GUIDES {
            let mut keys: Vec<_> = guide.steps.iter().map(|step| step.key).collect();
            keys.sort_unstable();
            keys.dedup();
            assert_eq!(keys.len(), guide.steps.len(), "{}", guide.key);
            for picture in guide.steps.iter().filter_map(|step| step.picture.as_ref()) {
                assert_ne!(crate::assets::path(picture.file), "/s/absent", "{}", picture.file);
                assert!(picture.alt.len() > 40 && picture.width > 300 && picture.height > 100, "{}", picture.file);
            }
        }
    }
}
