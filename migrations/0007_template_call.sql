-- A new call starts from a worked example, not from a blank page: the 2014-2015 Poitou-Charentes edition is shipped
-- as a template, and clone_call copies it (design §2).
-- Source: « Trame des attendus de la phase 1 — Écologie industrielle et territoriale en Poitou-Charentes » (Région
-- Poitou-Charentes, ADEME), lines R1-R5, R10-R25, R53-R56, R68-R71, R78-R79, R96-R106, R115-R136, in our own words.
-- The source gives no weights and no scale: equal weights and described levels are ours (requirements, 4.11, point 1).
-- Persons, streets, rooms, telephones, addresses, and the dates after the deposit bound are fictitious.

-- « Avant le 5 décembre » and « avant le 15 octobre » exclude that day: the bound is its midnight in Paris (R2, R132).
-- No date is written inside a text, so that a clone never contradicts its own calendar.
insert into call (
    slug, is_template, title, short_title, edition, number_prefix, territory, organisers, summary, objectives,
    launched_on, manifestation_bound, notified_on, deposit_bound, review_due_at,
    committee_at, committee_place, fund_committee_on, council_on,
    postal_rule, postal_address, deposit_email,
    funding_scheme, subsidy_cap_cents, subsidy_rate_percent, subsidy_vat,
    training_title, training_note, trainer
) values (
    'modele-2014-2015', true,
    'Écologie industrielle et territoriale en Poitou-Charentes',
    'EIT Poitou-Charentes',
    '2014-2015',
    '2015',
    'Poitou-Charentes',
    'Région Poitou-Charentes et ADEME',
    'La Région Poitou-Charentes et l’ADEME accompagnent des territoires où des entreprises échangent leurs flux et partagent des services ou des équipements. En phase 1, chaque porteur structure sa démarche et la présente en cinq livrables ; les lauréats passent à la réalisation en phase 2.',
    'L’appel s’adresse à des territoires où entreprises, collectivités et associations veulent réduire ensemble les impacts environnementaux de toutes leurs activités, et non de quelques sites seulement.

Il soutient des façons de faire nouvelles, par la technique ou par l’organisation. Les flux visés sont les eaux, les déchets et coproduits, et l’énergie : ce que l’un rejette peut servir à un autre.

Un projet peut aussi adapter un procédé après un échange, mettre en commun un service (transport, eaux pluviales), partager un équipement ou une infrastructure (production de chaleur), ou créer l’activité intermédiaire qui manque entre celui qui émet un flux et celui qui l’utilise.

La démarche est collective : toutes les parties prenantes y ont leur place. Le porteur dit ce qui peut les faire adhérer, comment il anime leurs échanges et comment il les aide à s’accorder.

Des supports juridiques font durer les partenariats. Ils limitent le risque qu’une entreprise dépende d’une autre et règlent ce qui doit rester confidentiel.

Chaque projet montre ses bénéfices économiques, sociaux et environnementaux. Les emplois locaux et durables comptent particulièrement, de préférence avec l’évolution des compétences qu’ils demandent.

La phase 1 consolide et structure la démarche ; le porteur peut s’y faire aider par une assistance à maîtrise d’ouvrage. La phase 2, réservée aux lauréats de la première, est celle de la réalisation.

Ce que chaque territoire apprend est conservé et publié, pour que d’autres puissent s’en servir.',
    '2014-09-15',
    '2014-12-04 23:00:00+00',
    '2014-12-22',
    '2015-10-14 22:00:00+00',
    '2015-11-06 11:00:00+00',
    '2015-11-12 08:30:00+00',
    'Poitiers',
    '2015-11-24',
    '2015-12-04',
    'reception',
    'FREE Poitou-Charentes, 18 rue du Métier-à-Tisser, 86000 Poitiers',
    'camille.roux.ademe@example.org',
    'Fonds régional excellence environnementale (FREE)',
    1000000, 70, 'unstated',
    'Mettre en œuvre une démarche d’écologie industrielle et territoriale sur son territoire – Phase 1 – Structurer sa démarche',
    'Cinq jours réservés aux porteurs de l’appel et financés par le FREE : comprendre l’écologie industrielle et territoriale, structurer sa démarche, profiter des retours d’expérience. Il est prudent de réserver ces dates dès maintenant. La formation n’est pas obligatoire et n’est pas notée ; il est vivement conseillé de suivre les cinq jours, où commence le réseau régional des acteurs de l’écologie industrielle et territoriale.',
    'Pôle des Éco-Industries'
);

-- Eleven seats (R120-R125): ADEME and Région share the chair with equal rights (R127). `body` is the organisation that
-- sits, the same text for each of its seats.
insert into seat (call_id, body, label, requirement, is_chair, position)
select call.id, line.body, line.label, line.requirement, line.is_chair, line.position
from call
cross join (values
    (1, 'Région Poitou-Charentes', 'Région, service économie', 'R120', false),
    (2, 'Région Poitou-Charentes', 'Région, service environnement', 'R120', true),
    (3, 'ADEME', 'ADEME', 'R121', false),
    (4, 'ADEME', 'ADEME, direction régionale Poitou-Charentes', 'R121', true),
    (5, 'DREAL Poitou-Charentes', 'DREAL Poitou-Charentes', 'R122', false),
    (6, 'Conseil général de la Charente', 'Conseil général de la Charente', 'R123', false),
    (7, 'Conseil général de la Charente-Maritime', 'Conseil général de la Charente-Maritime', 'R123', false),
    (8, 'Conseil général des Deux-Sèvres', 'Conseil général des Deux-Sèvres', 'R123', false),
    (9, 'Conseil général de la Vienne', 'Conseil général de la Vienne', 'R123', false),
    (10, 'Université de Poitiers', 'Université de Poitiers', 'R124', false),
    (11, 'Orée', 'Orée', 'R125', false)
) as line (position, body, label, requirement, is_chair)
where call.slug = 'modele-2014-2015'
order by line.position;

-- Levels say what can be seen in the dossier. None asks for a measured flow (R52), for attendance at the training
-- (R106), for an assistance (R84) or for existing data (R116: « éventuellement »).
insert into criterion (call_id, code, deliverable, label, requirement, weight_thousandths, levels, position)
select call.id, line.code, line.deliverable, line.label, line.requirement, 1000, line.levels, line.position
from call
cross join (values
    (1, '2.1', 2, 'Qualité de la collecte de données territoriales', 'R53', array[
        'Aucune donnée du territoire',
        'Quelques chiffres généraux, sans source',
        'Données du territoire, sources indiquées pour une partie',
        'Données du territoire croisées et sourcées, limites dites',
        'Données sourcées et datées sur tout le périmètre, méthode réutilisable'
    ]),
    (2, '2.2', 2, 'Qualité de l’analyse réalisée', 'R54', array[
        'Pas d’analyse',
        'Constats sans lien avec les flux',
        'Un seul axe relié aux flux : ressources ou économie',
        'Deux axes reliés aux flux du territoire',
        'Deux axes reliés aux flux, d’où découlent les pistes retenues'
    ]),
    (3, '2.3', 2, 'Connaissance des acteurs économiques', 'R55', array[
        'Aucun acteur économique nommé',
        'Liste de noms, sans activité ni flux',
        'Activité et effectif indiqués pour les acteurs cités',
        'Plus gros émetteurs de flux repérés, nature de leurs flux décrite',
        'Plus gros émetteurs repérés, besoins et projets recueillis auprès d’eux'
    ]),
    (4, '2.4', 2, 'Pistes et perspectives de travail', 'R56', array[
        'Aucune piste de synergie',
        'Pistes générales, sans acteur ni flux nommé',
        'Pistes avec acteurs et flux nommés',
        'Pistes de substitution et de mutualisation, sources et méthode dites',
        'Pistes des deux types classées, freins et prochaine étape écrits'
    ]),
    (5, '3.1', 3, 'Nature et qualité des actions réalisées ou en cours', 'R68', array[
        'Aucune action décrite',
        'Intention seule, sans besoin ni contenu précis',
        'Contenu décrit, besoin affirmé par le porteur seul',
        'Besoin exprimé par les acteurs, financement équilibré',
        'Besoin et financement appuyés par des pièces, suites prévues avec les acteurs'
    ]),
    (6, '3.2', 3, 'Nombre et intensité des actions', 'R69', array[
        'Aucune action',
        'Une action d’un seul rendez-vous',
        'Une action en plusieurs étapes, ou deux d’un seul rendez-vous',
        'Une action installée dans la durée, ou deux en plusieurs étapes',
        'Deux actions en plusieurs étapes, dont une installée dans la durée'
    ]),
    (7, '3.3', 3, 'Niveau d’avancement des actions', 'R70', array[
        'Aucune étape indiquée',
        'Idée, sans calendrier',
        'Étude ou préparation commencée, calendrier indiqué',
        'Action décidée, premiers moyens engagés',
        'Action en cours ou achevée, premiers effets constatés'
    ]),
    (8, '3.4', 3, 'Nombre et qualité des acteurs impliqués', 'R71', array[
        'Aucun acteur nommé en dehors du porteur',
        'Un ou deux acteurs nommés, sans rôle précisé',
        'Trois acteurs ou plus, rôle précisé pour une partie',
        'Trois acteurs ou plus, dont des entreprises, chacun avec son rôle',
        'Trois acteurs ou plus, des entreprises conduisent ou financent une part'
    ]),
    (9, '4.1', 4, 'Intensité des engagements et des objectifs rédigés', 'R78', array[
        'Aucun engagement écrit',
        'Lettres d’intérêt, sans objectif rédigé',
        'Engagements signés sur des objectifs communs rédigés',
        'Objectifs communs signés, contribution de chaque signataire décrite',
        'Contributions précises et datées (temps, moyens, données), suivi prévu'
    ]),
    (10, '4.2', 4, 'Nombre, diversité et représentativité des signataires, selon leur poids économique et politique', 'R79', array[
        'Aucun signataire en dehors du porteur',
        'Signataires d’une seule sorte de structure',
        'Deux sortes de structures, dont une entreprise',
        'Entreprises et collectivités, dont un gros émetteur de flux',
        'La plupart des gros émetteurs de flux et des collectivités du périmètre'
    ]),
    (11, 'G1', null, 'Clarté, précision et concision du dossier', 'R115', array[
        'Moitié des réponses ou plus absentes ou hors sujet',
        'Réponses générales, valables pour tout territoire',
        'Réponses propres au territoire, avec redites ou points à préciser',
        'Réponses propres au territoire, précises et sans redite',
        'Réponses précises et sans redite, chacune appuyée sur un fait ou une annexe'
    ]),
    (12, 'G2', null, 'Potentiel du territoire pour l’écologie industrielle et territoriale', 'R116', array[
        'Aucun flux ni besoin commun repéré',
        'Activités décrites, sans flux ni besoin commun',
        'Flux ou besoins communs, entre deux ou trois acteurs',
        'Flux ou besoins communs, entre de nombreux acteurs voisins',
        'Nombreux acteurs, plusieurs domaines (eau, énergie, matière, service)'
    ]),
    (13, 'G3', null, 'Mobilisation actuelle des acteurs, notamment industriels, et modes d’organisation', 'R117', array[
        'Porteur seul, aucune instance',
        'Acteurs informés, instance annoncée sans composition',
        'Industriels présents aux réunions, instance composée',
        'Industriels dans l’instance de pilotage, temps d’animation affecté',
        'Industriels associés aux décisions, animation prévue au-delà du soutien'
    ]),
    (14, 'G4', null, 'Maturité du projet : implication du porteur et de ses partenaires dans des démarches environnementales', 'R118', array[
        'Aucune démarche environnementale citée',
        'Démarche annoncée, non commencée',
        'Démarche engagée par le porteur ou par un partenaire',
        'Démarches engagées par le porteur et par plusieurs partenaires',
        'Démarches du porteur et de plusieurs partenaires, résultats constatés'
    ])
) as line (position, code, deliverable, label, requirement, levels)
where call.slug = 'modele-2014-2015'
order by line.position;

-- The ADEME contact's address also receives the deposits sent by e-mail (R134): it is the call's deposit_email.
insert into contact (call_id, body, person, address, phone, email, requirement, position)
select call.id, line.body, line.person, line.address, line.phone, line.email, line.requirement, line.position
from call
cross join (values
    (1, 'ADEME', 'Camille Roux', 'ADEME, direction régionale Poitou-Charentes, 6 allée des Navettes, 86000 Poitiers', '01 99 00 21 35', 'camille.roux.ademe@example.org', 'R135'),
    (2, 'Région Poitou-Charentes', 'Mathieu Berland', 'Région Poitou-Charentes, service environnement, 18 rue du Métier-à-Tisser, 86000 Poitiers', '01 99 00 21 36', 'mathieu.berland.region@example.org', 'R136')
) as line (position, body, person, address, phone, email, requirement)
where call.slug = 'modele-2014-2015'
order by line.position;

-- The five days (R103); how their three subjects (R98) are spread over them is ours.
insert into training_session (call_id, day, place, note)
select call.id, line.day, 'Poitiers, salle des Lisses', line.note
from call
cross join (values
    (date '2015-02-12', 'Comprendre : principes, vocabulaire, flux et synergies'),
    (date '2015-02-13', 'Comprendre : acteurs et données du territoire'),
    (date '2015-03-23', 'Structurer : périmètre, portage et gouvernance'),
    (date '2015-03-24', 'Structurer : animation, engagements et financement'),
    (date '2015-04-20', 'Retours d’expérience d’autres territoires')
) as line (day, note)
where call.slug = 'modele-2014-2015'
order by line.day;

-- A call is made from another one in a single act, for the manager's page and for the demonstration alike.
-- The other dates keep their place around the deposit bound and their weekday: all move by the same number of whole
-- weeks, at the same hour in Paris; none moves when the bound stays. Seats, criteria, contacts and training days follow.
-- Not copied: people, documents, grace and publication, which belong to one edition and are acts of someone.
create function clone_call(template bigint, new_slug text, new_title text, new_edition text, new_prefix text, new_bound timestamptz)
returns bigint language plpgsql as $$
declare
    source call%rowtype;
    made bigint;
    days integer;
    shift interval;
begin
    select * into source from call where call.id = template;
    if not found then
        raise exception 'no call % to clone', template using errcode = 'no_data_found';
    end if;
    days := 7 * round(((new_bound at time zone 'Europe/Paris')::date - (source.deposit_bound at time zone 'Europe/Paris')::date) / 7.0)::integer;
    shift := make_interval(days => days);

    insert into call (
        slug, is_template, title, short_title, edition, number_prefix, territory, organisers, summary, objectives,
        launched_on, manifestation_bound, notified_on, deposit_bound, review_due_at,
        committee_at, committee_place, fund_committee_on, council_on,
        postal_rule, postal_address, deposit_email,
        funding_scheme, subsidy_cap_cents, subsidy_rate_percent, subsidy_vat,
        training_title, training_note, trainer,
        coverage_threshold, mean_from, reviews_expected, reviews_visible, owner_sees_reviews
    ) values (
        new_slug, false, new_title, source.short_title, new_edition, new_prefix, source.territory, source.organisers, source.summary, source.objectives,
        source.launched_on + days,
        (source.manifestation_bound at time zone 'Europe/Paris' + shift) at time zone 'Europe/Paris',
        source.notified_on + days,
        new_bound,
        (source.review_due_at at time zone 'Europe/Paris' + shift) at time zone 'Europe/Paris',
        (source.committee_at at time zone 'Europe/Paris' + shift) at time zone 'Europe/Paris',
        source.committee_place, source.fund_committee_on + days, source.council_on + days,
        source.postal_rule, source.postal_address, source.deposit_email,
        source.funding_scheme, source.subsidy_cap_cents, source.subsidy_rate_percent, source.subsidy_vat,
        source.training_title, source.training_note, source.trainer,
        source.coverage_threshold, source.mean_from, source.reviews_expected, source.reviews_visible, source.owner_sees_reviews
    ) returning id into made;

    insert into seat (call_id, body, label, requirement, is_chair, position)
    select made, seat.body, seat.label, seat.requirement, seat.is_chair, seat.position
    from seat
    where seat.call_id = template
    order by seat.position, seat.id;

    insert into criterion (call_id, code, deliverable, label, requirement, weight_thousandths, levels, position)
    select made, criterion.code, criterion.deliverable, criterion.label, criterion.requirement, criterion.weight_thousandths, criterion.levels, criterion.position
    from criterion
    where criterion.call_id = template
    order by criterion.position, criterion.id;

    insert into contact (call_id, body, person, address, phone, email, requirement, position)
    select made, contact.body, contact.person, contact.address, contact.phone, contact.email, contact.requirement, contact.position
    from contact
    where contact.call_id = template
    order by contact.position, contact.id;

    insert into training_session (call_id, day, place, note)
    select made, training_session.day + days, training_session.place, training_session.note
    from training_session
    where training_session.call_id = template
    order by training_session.day, training_session.id;

    return made;
end $$;
