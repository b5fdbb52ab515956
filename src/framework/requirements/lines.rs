//! The 136 lines of the regulation, shortened, with what answers each when it is not the dossier itself.

use super::Part::{Call, Deposit, Mission, Overview, Subsidy};
use super::{Answer, Chapter, Requirement};

const fn dossier(no: u8, text: &'static str) -> Requirement {
    Requirement { no, text, answer: Answer::Dossier }
}

const fn deliverable(deliverable: u8, no: u8, text: &'static str) -> Requirement {
    Requirement { no, text, answer: Answer::Deliverable(deliverable) }
}

const fn part(no: u8, text: &'static str, part: super::Part, sentence: &'static str) -> Requirement {
    Requirement { no, text, answer: Answer::Part(part, sentence) }
}

const fn outside(no: u8, text: &'static str, sentence: &'static str) -> Requirement {
    Requirement { no, text, answer: Answer::Outside(sentence) }
}

/// The chapters of the regulation, in order.
pub static CHAPTERS: [Chapter; 10] = [
    Chapter {
        slug: "objet",
        title: "Objet",
        lines: &[
            part(
                1,
                "AMI « EIT en Poitou-Charentes » lancé par la Région et l’ADEME en septembre 2014",
                Call(""),
                "Le titre, les deux organisateurs et le lancement sont en tête de la page de l’appel.",
            ),
            part(
                2,
                "Porteurs manifestés avant le 5 décembre 2014",
                Call("calendrier"),
                "La limite des manifestations est au calendrier ; la date de la vôtre est rappelée à la page « Depuis la manifestation ».",
            ),
            part(
                3,
                "Éligibilité notifiée aux porteurs par la Région et l’ADEME",
                Overview(""),
                "La date de la notification est en tête de la page du dossier.",
            ),
            part(
                4,
                "Phase 1 : consolider et structurer la démarche",
                Call("objectifs"),
                "Les deux phases sont présentées parmi les objectifs ; ce dossier est l’espace de la phase 1.",
            ),
            part(
                5,
                "Seconde phase, pour les lauréats de la première : réalisation opérationnelle",
                Call("objectifs"),
                "La phase 2 s’ouvre aux lauréats, après la décision des élus.",
            ),
            part(
                6,
                "Document cadre délimitant les attendus de la phase 1",
                Call("documents"),
                "Le document cadre se lit parmi les documents de l’appel ; ici, chaque question porte le numéro de la ligne à laquelle elle répond.",
            ),
            part(
                7,
                "Possibilité, s’ils le souhaitent, de faire appel à un AMO",
                Mission,
                "L’assistance à maîtrise d’ouvrage est une branche facultative du dossier.",
            ),
            part(
                8,
                "Le document sert de trame au cahier des charges rédigé par les porteurs",
                Mission,
                "Le cahier des charges a une section par livrable de la trame, avec ce qui est fait et ce qui est demandé.",
            ),
            dossier(9, "Ils peuvent compléter les attendus"),
        ],
    },
    Chapter {
        slug: "objectifs",
        title: "Objectifs de l’appel",
        lines: &[
            dossier(10, "Concrétisation, sur un territoire, de processus innovants (technologique et organisationnel)"),
            dossier(11, "Valorisation et échange de flux industriels (eaux, déchets et coproduits, énergie)"),
            dossier(12, "Adaptation des procédés après échanges ou mutualisations de flux ou de services aux entreprises (eaux pluviales, transport…)"),
            dossier(13, "Partage d’équipements ou d’infrastructures (production de chaleur…)"),
            dossier(14, "Création d’activités intermédiaires (interface) comblant les chaînons manquants entre activité émettrice et consommatrice"),
            dossier(15, "Démontrer les bénéfices économiques, sociaux et environnementaux"),
            dossier(16, "Capitaliser des retours d’expérience pour d’autres territoires"),
            dossier(17, "Éligibilité : démarche d’EIT visant la diminution globale des impacts environnementaux des activités du territoire"),
            dossier(18, "Projet collectif et collaboratif impliquant l’ensemble des parties prenantes"),
            dossier(19, "Prendre en compte les facteurs d’adhésion aux démarches collectives"),
            dossier(20, "Modes d’animation et de médiation"),
            dossier(21, "Générer des supports juridiques pour des solutions partenariales pérennes"),
            dossier(22, "… minimisant les risques d’interdépendance"),
            dossier(23, "… s’affranchissant des problèmes de confidentialité"),
            dossier(24, "Attention particulière aux projets créateurs d’emplois locaux et pérennes"),
            dossier(25, "… de préférence en lien avec les évolutions des compétences nécessaires"),
        ],
    },
    Chapter {
        slug: "organisation",
        title: "Attendu 1, descriptif organisationnel",
        lines: &[
            deliverable(1, 26, "Le porteur s’interroge sur tous les éléments de structuration d’une démarche d’EIT"),
            dossier(27, "L’organisation du projet initial aura probablement évolué"),
            deliverable(1, 28, "Présenter en détail l’organisation retenue pour la phase 2, réponses les plus précises possible"),
            dossier(29, "Quel périmètre géographique choisi ?"),
            dossier(30, "Quels acteurs économiques actifs sur ce périmètre ?"),
            dossier(31, "Périmètre assez dense économiquement et « industriellement » pour échanges et mutualisations ?"),
            dossier(32, "Quels territoires concernés et quelles compétences ?"),
            dossier(33, "Acteurs clés de l’animation ?"),
            dossier(34, "Modalités d’information et de sensibilisation ?"),
            dossier(35, "Liens envisagés avec les acteurs économiques hors périmètre ?"),
            dossier(36, "Liens avec les autres démarches territoriales ou de projet ?"),
            dossier(37, "Moyens humains mis à disposition par le porteur et les partenaires ?"),
            dossier(38, "Quelle animation au-delà du soutien ADEME-Région ?"),
            dossier(39, "Structure la plus à même de porter le projet ?"),
            dossier(40, "Compétences de cette structure, liens avec les acteurs clés ?"),
            dossier(41, "Quel mode de gouvernance ?"),
            dossier(42, "Quelle acceptation par les parties prenantes ?"),
            dossier(43, "Financement à court comme à moyen terme ?"),
            dossier(44, "Modèle économique pour la pérennisation ?"),
        ],
    },
    Chapter {
        slug: "etat-des-lieux",
        title: "Attendu 2, état des lieux",
        lines: &[
            dossier(45, "Premier état des lieux : contexte et enjeux du territoire, estime l’intérêt de la démarche"),
            dossier(46, "Analyse « forces/faiblesses, atouts/opportunités » en ressources et en économie"),
            dossier(47, "Identification des plus gros acteurs générant des flux méritant attention"),
            dossier(48, "Estimation a priori des types de synergies de mutualisation"),
            dossier(49, "Estimation a priori des types de synergies de substitution"),
            dossier(50, "Identification des acteurs en présence et des démarches sur lesquelles s’appuyer"),
            dossier(51, "Estimations issues d’une analyse statistique et de la connaissance du porteur et de ses partenaires"),
            dossier(52, "Pas d’analyse technique sur quantifications réelles de flux attendue"),
            dossier(53, "Évalué : qualité de la collecte de données territoriales"),
            dossier(54, "Évalué : qualité de l’analyse réalisée"),
            dossier(55, "Évalué : connaissance des acteurs économiques"),
            dossier(56, "Évalué : pistes et perspectives de travail"),
        ],
    },
    Chapter {
        slug: "actions",
        title: "Attendu 3, actions collectives immédiates",
        lines: &[
            dossier(57, "Connaissance rapide des acteurs territoriaux et habitudes de travail avec eux"),
            dossier(58, "Effet mobilisateur d’une action collective rapidement aboutie (motif)"),
            dossier(59, "Présenter une ou deux actions « vitrines » envisagées dans la phase 1"),
            dossier(60, "Actes concrets lançant ou confirmant une dynamique territoriale"),
            dossier(61, "Actions d’un programme préexistant admises, attention particulière aux nouvelles"),
            dossier(62, "Si non concrétisées avant la fin : qualité, état d’avancement, dynamique suscitée pris en considération"),
            dossier(
                63,
                "Objet libre mais concret : transport/PDIE, énergie, déchets, achats, espaces verts, eaux, restaurant collectif, collecte mutualisée, action d’animation…",
            ),
            dossier(64, "Répond à un besoin avéré et concret des acteurs"),
            dossier(65, "Plan de financement propre à chaque action"),
            dossier(66, "Pas d’accompagnement financier dans le cadre de l’AMI"),
            dossier(67, "Accompagnement possible par les dispositifs du FREE"),
            dossier(68, "Évalué : nature et qualité des actions réalisées ou en cours"),
            dossier(69, "Évalué : nombre et intensité"),
            dossier(70, "Évalué : niveau d’avancement"),
            dossier(71, "Évalué : nombre et qualité des acteurs impliqués"),
        ],
    },
    Chapter {
        slug: "mobilisation",
        title: "Attendu 4, mobilisation des acteurs",
        lines: &[
            dossier(72, "Cartographie des parties prenantes : rôle, compétence, modalité de travail"),
            dossier(73, "Détaille le mode de gouvernance de ces parties prenantes"),
            dossier(
                74,
                "Accord d’engagement des entreprises et des principales parties prenantes : lettre de manifestation d’intérêt, implication de principe, accord de partenariat ou charte d’engagement",
            ),
            dossier(75, "… idéalement sous forme d’un document, légitimité partenariale"),
            dossier(76, "Document unique proposé : objectifs et principes forts + signature des partenaires"),
            dossier(77, "Identification de la ou des entreprises les plus motivées (cercle des acteurs clés)"),
            dossier(78, "Évalué : intensité des engagements et objectifs rédigés"),
            dossier(79, "Évalué : nombre, diversité, représentativité des signataires selon poids économique et politique"),
        ],
    },
    Chapter {
        slug: "candidature",
        title: "Attendu 5, dossier de candidature",
        lines: &[
            dossier(80, "À l’issue de la phase 1, porteur invité à déposer un dossier pour la phase 2 (opérationnelle)"),
            dossier(81, "Dossier constitué des documents traduisant la réalisation des attendus"),
        ],
    },
    Chapter {
        slug: "accompagnement",
        title: "Modalités d’accompagnement",
        lines: &[
            part(
                82,
                "Porteurs financés dans le cadre du FREE et accompagnés pendant la phase",
                Call("aide"),
                "Le fonds, le taux et le plafond sont des réglages de l’appel.",
            ),
            part(
                83,
                "AMO recommandée (construire la démarche, aider au dossier phase 2)",
                Mission,
                "Cahier des charges, consultation et choix, puis accès du conseil au dossier jusqu’à la fin de sa mission.",
            ),
            part(
                84,
                "Non contraignante, à géométrie variable selon l’avancement",
                Mission,
                "Rien du dossier n’en dépend\u{a0}; l’étendue se choisit livrable par livrable.",
            ),
            part(
                85,
                "Cahier des charges rédigé sur la base du document, puis sélection des offres reçues",
                Mission,
                "Le cahier des charges naît de la trame et de l’avancement ; les offres se comparent, et l’une se retient, dans la même branche.",
            ),
            part(86, "Expertise de l’ADEME et de la Région sollicitable", Mission, "Le porteur soumet son cahier des charges à l’expertise, quand il le veut."),
            part(
                87,
                "… mais elles ne participent pas au choix du prestataire",
                Mission,
                "Le choix du prestataire appartient au porteur : aucune page ne montre d’offre à l’administration avant lui.",
            ),
            outside(
                88,
                "Prestataire retenu : dossier de demande de subvention déposé au FREE",
                "La demande de subvention se dépose auprès du FREE, hors du dossier de candidature.",
            ),
            part(89, "Lettre de demande de subvention", Subsidy, "Une pièce de la demande de subvention."),
            part(90, "RIB", Subsidy, "Une pièce de la demande de subvention."),
            part(91, "Cahier des charges", Subsidy, "Une pièce de la demande de subvention."),
            part(92, "Offre du prestataire retenu", Subsidy, "Une pièce de la demande de subvention."),
            part(93, "Devis", Subsidy, "Une pièce de la demande de subvention."),
            part(94, "Délibération, pour les collectivités", Subsidy, "Une pièce de la demande de subvention."),
            part(
                95,
                "Statuts, rapport d’activités, comptes certifiés de l’exercice précédent, pour les associations",
                Subsidy,
                "Trois pièces de la demande de subvention, demandées aux seules associations.",
            ),
            part(96, "Plafond de dépense éligible 10 000 €", Call("aide"), "Le plafond est un réglage de l’appel."),
            part(97, "Financé à 70 % par le FREE", Call("aide"), "Le taux est un réglage de l’appel."),
            part(
                98,
                "Participation encouragée à une formation EIT (comprendre, structurer, retours d’expérience)",
                Call("formation"),
                "Les formations sont présentées sur la page de l’appel ; les personnes des dossiers s’y inscrivent.",
            ),
            part(
                99,
                "Pôle des Éco-Industries missionné par l’ADEME et la Région",
                Call("formation"),
                "L’organisme de formation est dit avec chaque formation.",
            ),
            part(100, "Module spécialement dédié aux porteurs de l’AMI", Call("formation"), "Seules les personnes des dossiers de l’appel s’inscrivent."),
            part(
                101,
                "5 jours, « Mettre en œuvre une démarche d’écologie industrielle et territoriale sur son territoire – Phase 1 – Structurer sa démarche »",
                Call("formation"),
                "Le titre et les cinq jours sont sur la page de l’appel.",
            ),
            part(102, "Formation financée dans le cadre du FREE", Call("formation"), "Le financement est dit avec la formation."),
            part(
                103,
                "Dates : 12 et 13 février, 23 et 24 mars, 20 avril 2015",
                Call("formation"),
                "Les cinq journées ont leurs inscriptions et leurs présences.",
            ),
            part(104, "Réserver ces dates", Call("formation"), "Calendrier de l’appel, fichiers d’agenda, adresses à suivre, rappels par courriel."),
            part(
                105,
                "Lieu d’apprentissage et d’échanges, point de départ d’un réseau des acteurs de l’EIT en Poitou-Charentes",
                Call("formation"),
                "Le réseau réunit les personnes des dossiers qui choisissent d’y paraître.",
            ),
            part(
                106,
                "Non obligatoire, participation à l’ensemble vivement conseillée",
                Call("formation"),
                "La participation se lit sur la page du dossier, sans jamais être notée ni bloquante.",
            ),
        ],
    },
    Chapter {
        slug: "selection",
        title: "Sélection des lauréats",
        lines: &[
            part(
                107,
                "Dépôt avant le 15 octobre d’un dossier constitué de six pièces",
                Deposit,
                "La page Dépôt dit ce qui manque encore et réunit les six pièces.",
            ),
            dossier(108, "Courrier de dépôt de candidature"),
            dossier(109, "Présentation des objectifs et de la motivation du porteur"),
            dossier(110, "Descriptif organisationnel"),
            dossier(111, "État des lieux"),
            dossier(112, "Actions collectives"),
            dossier(113, "Document d’engagement des partenaires"),
            part(
                114,
                "Éléments décrits dans un document dédié précisant cadre et modalités de réponse",
                Call("documents"),
                "Le cadre de réponse paraît parmi les documents de l’appel ; les équipes en sont prévenues.",
            ),
            part(
                115,
                "Critère : clarté, précision et concision du dossier",
                Call("criteres"),
                "Critère G1, avec ses notes décrites ; les repères de longueur y aident.",
            ),
            part(
                116,
                "Critère : potentiel du territoire pour l’EIT, s’appuyant éventuellement sur des données existantes",
                Call("criteres"),
                "Critère G2, avec ses notes décrites.",
            ),
            part(
                117,
                "Critère : degré actuel de mobilisation des acteurs (notamment industriels) et modes organisationnels",
                Call("criteres"),
                "Critère G3, avec ses notes décrites.",
            ),
            part(
                118,
                "Critère : maturité du projet, implication du porteur et de ses partenaires dans des démarches environnementales",
                Call("criteres"),
                "Critère G4, avec ses notes décrites.",
            ),
            part(119, "Projets examinés par un comité technique", Call("comite"), "Les sièges du comité sont sur la page de l’appel."),
            part(120, "Il réunit les services économie et environnement de la Région", Call("comite"), "Ses sièges sont sur la page de l’appel."),
            part(121, "… l’ADEME et sa direction régionale Poitou-Charentes", Call("comite"), "Ses sièges sont sur la page de l’appel."),
            part(122, "… la DREAL", Call("comite"), "Ses sièges sont sur la page de l’appel."),
            part(123, "… les Conseils Généraux", Call("comite"), "Ses sièges sont sur la page de l’appel."),
            part(124, "… l’Université de Poitiers", Call("comite"), "Ses sièges sont sur la page de l’appel."),
            part(125, "… Orée", Call("comite"), "Ses sièges sont sur la page de l’appel."),
            part(
                126,
                "Le comité a aussi un rôle d’accompagnement et de suivi tout au long de la démarche",
                Overview("partage"),
                "Le comité suit l’avancement ; le porteur choisit les livrables qu’il lui montre avant le dépôt.",
            ),
            part(127, "Co-animé par l’ADEME et la Région", Call("comite"), "La co-animation est dite avec les sièges."),
            part(
                128,
                "Réunions à fréquence régulière, aux étapes clés",
                Call("calendrier"),
                "Les dates clés du comité sont au calendrier ; ses réunions sont de son ressort.",
            ),
            part(
                129,
                "« comité technique » et « comité de sélection » désignent la même instance",
                Call("comite"),
                "Les deux noms désignent le même comité, dit la page de l’appel.",
            ),
            part(130, "Projets retenus soumis au Comité de Gestion du FREE", Call("calendrier"), "Étape de l’administration, après l’avis du comité."),
            part(
                131,
                "… avant présentation à la Commission Permanente du Conseil Régional pour décision des élus",
                Call("calendrier"),
                "Étape des élus ; elle seule fait les lauréats.",
            ),
        ],
    },
    Chapter {
        slug: "calendrier",
        title: "Calendrier, adresses, contacts",
        lines: &[
            part(132, "Dépôt des dossiers phase 2 avant le 15 octobre 2015", Call("calendrier"), "La limite s’écrit par sa dernière seconde, heure de Paris."),
            part(
                133,
                "Envoi par courrier à l’adresse postale du FREE Poitou-Charentes (Poitiers)",
                Call("deposer"),
                "L’adresse postale est sur la page de l’appel ; un dépôt reçu par courrier est enregistré au même registre.",
            ),
            part(
                134,
                "… ou par courriel à l’adresse du contact ADEME",
                Call("deposer"),
                "L’adresse électronique est sur la page de l’appel ; un dépôt reçu par courriel est enregistré au même registre.",
            ),
            part(135, "Contact ADEME : nom, adresse postale, téléphone, courriel", Call("contacts"), "Le contact est sur la page de l’appel."),
            part(136, "Contact Région : nom, adresse postale, téléphone, courriel", Call("contacts"), "Le contact est sur la page de l’appel."),
        ],
    },
];
