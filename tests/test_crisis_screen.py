"""Words of crisis are found in both languages, however they are spelt, and everyday words that sound alike are not.

The sentences here are the screen's own; the held-out set that measures recall is kept apart from them.
"""

import shutil
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.conversation.crisis import CRISES, PATTERNS, CrisisPatternError, CrisisScreen

SELF_HARM, VIOLENCE, EMERGENCY = "crisis_self_harm", "crisis_violence", "crisis_emergency"

SAID = {
    SELF_HARM: """\
I want to die
I'm going to kill myself tonight
I have been thinking about ending my life
I want to be with him
I want to be with him now that he's gone
my wife died and I want to go with her
there's no reason to stay
there's no reason to stay here anymore now that she's gone
I can't go on
I can't do this anymore
everyone would be better off without me
my kids would be better without me around
I don't want to wake up
I hope I don't wake up tomorrow
I don't want to live without him
what's the point of living
no one would even notice if I was gone
I've been cutting myself again
I'm scared of what I might do
I have the pills right here
I've been saving up my pills
how many pills would it take to kill me
gun to my head
I wrote goodbye letters to my kids
I won't be here much longer
I don't want to die but I can't live like this
does the VA pay my wife if I commit suicide
before I go please tell me how my kids get my social security
I've been thinking of eating my gun
there's no use in me hanging around at my age
I'll be with my boy again soon
I want to yeet myself off a roof
I stopped taking my insulin on purpose
my husband took his gun and drove off saying we won't see him again
my nephew posted goodbye on instagram
I need the suicide hotline
suicide
my brother says he is going to kill himself
my daughter is cutting herself
my friend texted me saying goodbye and that she wants to die
my mom keeps saying she wants to go be with dad in heaven
my boyfriend says he'll kill himself if I leave him
the VA denied me and I'm going to kill myself
ya no quiero vivir
quiero irme con él
no le veo sentido a nada
quiero morirme
ya no puedo más
todos estarían mejor sin mí
no quiero despertar
mi mamá murió y quiero irme con ella
mi hijo dice que se quiere matar
quisiera dormir y no despertar nunca
quiero irme con mi vieja
ya estoy de más
a mi edad ya nomás estorbo
me quiero desvivir
si me suicido mi esposa recibe mi pensión
ya me boy a matar
linea de suicidio""",
    VIOLENCE: """\
my husband hits me
my boyfriend choked me
he won't let me leave
he used to hit me and now he is threatening me again
they took my passport and won't let me leave the job
I'm being forced to have sex for money
he hit me again last night
my ex says he's going to kill me
I'm scared of my husband
I was raped
my boss touched me inappropriately
my stepdad comes into my room at night
someone is stalking me
he put a tracker on my car
my neighbor is beating his kids
my mother's caregiver hits her
the nursing home is abusing my mother
I need to get away from my abusive husband
my wife came at me with a kitchen knife
he says he'll have me deported
my ex sits outside my house at night
they're making girls at this motel have sex with men
the caregiver hits grandma and takes her money
my student came to school with belt marks
domestic violence
I'm hiding in the bathroom from my husband
me pega
mi esposo me amenaza con matarme
mi ex me quiere matar
no me deja salir
mi esposo me madrea
me cayó a palos
dice que me va a echar a la migra
mi marido me forzó anoche
hablo bajito porque está en el otro cuarto
me quitaron el pasaporte y no me dejan salir
abusaron de mí
mi vecino golpea a sus hijos
tengo miedo de mi esposo
violencia doméstica""",
    EMERGENCY: """\
he's not breathing
my mom stopped breathing
there's a fire in my house
my house is on fire right now
she's bleeding a lot
my husband is bleeding and it won't stop
my son overdosed
I just took a whole bottle of pills
my toddler drank bleach
someone is breaking into my house
there's a man with a gun outside
I'm having a heart attack
I think my mom is having a stroke
my baby is choking
she won't wake up
call 911
911
my daughter was kidnapped
he just shot himself
the flood water is coming into my house
we're being robbed
my boy is missing from the playground
my wife just got hit by a truck
she quit breathing
I gave my dad too much insulin and he's passing out
my mom on SSDI fell and can't get up
no respira
mi casa se está quemando
no para de sangrar
se tomó todas las pastillas
alguien está entrando a mi casa
mi bebé se está ahogando
le está dando un infarto
me caí y no me puedo levantar
mi niño desapareció hace dos minutos
está botando sangre por la boca
la estufa agarró lumbre
llamen a la policía""",
}

BADLY_WRITTEN = """\
kms|crisis_self_harm
i wanna kms|crisis_self_harm
unalive myself|crisis_self_harm
k1ll myself|crisis_self_harm
i want to k!ll myself|crisis_self_harm
k*ll myself|crisis_self_harm
k i l l m y s e l f|crisis_self_harm
im gonna kil mysef|crisis_self_harm
i wanna dieee|crisis_self_harm
I... WANT... TO... DIE|crisis_self_harm
I\u200b want\u200b to d\u200bie|crisis_self_harm
I want to d\u0456e|crisis_self_harm
\uff29 \uff57\uff41\uff4e\uff54 to die|crisis_self_harm
im suicidel|crisis_self_harm
thinking about suiside|crisis_self_harm
sewer slide|crisis_self_harm
theres no reason to live|crisis_self_harm
i cant go on anymore|crisis_self_harm
dont wanna be here anymore|crisis_self_harm
kill my self|crisis_self_harm
ya no kiero vivir|crisis_self_harm
ME QUIERO MORÍR|crisis_self_harm
kiero matarm|crisis_self_harm
my huband hits me|crisis_violence
my bf chocked me|crisis_violence
he wont let me leave|crisis_violence
hes not breething|crisis_emergency
she is unconcious|crisis_emergency
my son over dosed|crisis_emergency
no resspira|crisis_emergency
necesito una anbulancia|crisis_emergency"""

EVERYDAY = """\
this paperwork is killing me
I'm dying to know
suicide prevention benefit
VA suicide prevention training
suicide clause in life insurance
he died by suicide last year
my son killed himself last month
my brother took his own life
I lost my brother to suicide
my dad died of a heart attack last night
my husband had a stroke last year and needs disability
my son overdosed and died last year
our house burned down last month
fire damaged my home
the fire last month destroyed our business
I was hit by a car
what is the deadline
kill the lights
I lost my job and it hurts
where can I get a flu shot
shots for school
shoot me an email
I'm drowning in bills
violence against women act grants
domestic violence awareness month
the hurricane hit us
my ex was abusive years ago, how do I change my name
fire department jobs
poison control number for pets
I'm not suicidal
I am not going to kill myself
he doesn't hit me
there is no fire
nobody is in danger
I don't want to live with my parents anymore
I can't live on social security
I can't go on the website
is there any reason to stay in the same plan
I want to be with my husband in the United States
I want to be with my mom when she has surgery
I hurt myself at work
my landlord threatened me with eviction
my boss won't let me leave early
the bank won't let me see my account
I was shot in Vietnam and want VA disability
what to do if there is a fire
what are the signs of a stroke
child abuse clearance pennsylvania
my passport was stolen
my daughter is missing her birth certificate
emergency food assistance
my wife died last night at home in hospice
I miss my husband so much
I'm scared to tell my mom I failed
my car died on me
my landlord won't let me out of my lease
my taxes are beating me up
I have had chest pain for years and want disability
I want to volunteer for a suicide hotline
debt collectors keep threatening me with a lawsuit
a tree fell on my house in the storm, what help is there
help me please
who gets my house when I die
este papeleo me mata
me muero de hambre
prevención del suicidio
mi hermano se suicidó
mi papá murió de un infarto
el huracán nos pegó
se quemó mi casa el mes pasado
no quiero vivir en este apartamento
quiero estar con mi esposo en Estados Unidos
me cortaron la luz
mi ex me maltrataba hace años y quiero cambiar mi nombre
no estoy pensando en suicidarme
no me pega
la depresión no me deja trabajar
el casero me amenaza con echarme
me pegó duro la inflación
tengo miedo que me corten el SSI
me duele el pecho desde hace años y quiero incapacidad
me duele la espalda"""


@pytest.fixture(scope="module")
def screen():
    return CrisisScreen()


@pytest.mark.parametrize(("said", "crisis"), [(said, crisis) for crisis in CRISES for said in SAID[crisis].splitlines()])
def test_a_crisis_is_found(screen, said, crisis):
    assert screen.find(said) == crisis


@pytest.mark.parametrize("line", BADLY_WRITTEN.splitlines())
def test_a_crisis_is_found_however_it_is_written(screen, line):
    said, crisis = line.split("|")
    assert screen.find(said) == crisis


@pytest.mark.parametrize("said", EVERYDAY.splitlines())
def test_everyday_words_are_not_a_crisis(screen, said):
    assert screen.find(said) is None


@pytest.mark.parametrize("said", ["", " ", "...", "hola", "1234", "\u200b", "👍"])
def test_nothing_said_is_not_a_crisis(screen, said):
    assert screen.find(said) is None


@pytest.mark.parametrize(
    ("said", "crisis"),
    [
        ("I'm not suicidal but I think about dying every day", SELF_HARM),
        ("I can't promise I'm not going to kill myself", SELF_HARM),
        ("why not kill myself", SELF_HARM),
        ("he doesn't hit me but he choked me", VIOLENCE),
        ("no estoy bien pero me quiero matar", SELF_HARM),
    ],
)
def test_a_denial_that_is_taken_back_does_not_count(screen, said, crisis):
    assert screen.find(said) == crisis


@pytest.mark.parametrize(
    ("said", "crisis"),
    [
        ("My dad died of a heart attack last year. I have chest pains right now", EMERGENCY),
        ("My son killed himself last year and I want to be with him", SELF_HARM),
        ("this paperwork is killing me and I want to die", SELF_HARM),
        ("my ex was abusive years ago and now he is threatening to kill me", VIOLENCE),
    ],
)
def test_an_old_loss_or_a_figure_of_speech_does_not_hide_a_crisis(screen, said, crisis):
    assert screen.find(said) == crisis


def test_the_most_urgent_crisis_wins(screen):
    assert screen.find("my husband hits me and I am bleeding a lot") == EMERGENCY
    assert screen.find("my husband hits me and I want to die") == SELF_HARM


@pytest.mark.parametrize(
    "said",
    [
        "he died by suicide last year",
        "my son killed himself",
        "we lost our daughter to suicide",
        "she took her own life in May",
        "her death was ruled a suicide",
        "mi hermano se suicidó",
        "murió por suicidio",
    ],
)
def test_a_death_by_suicide_is_a_loss(screen, said):
    assert screen.mentions_suicide_loss(said)
    assert screen.find(said) is None


@pytest.mark.parametrize("said", ["suicide prevention training", "I want to die", "my dad died of cancer", "mi papá murió"])
def test_other_things_are_no_loss_by_suicide(screen, said):
    assert not screen.mentions_suicide_loss(said)


@pytest.mark.parametrize("said", ["I want to die", "my husband hits me", "he's not breathing", "ya no quiero vivir"])
@pytest.mark.parametrize(
    "form", [str.upper, str.title, "  {}  ".format, "{}!!!".format, "please, {}".format, "hello. {}. thanks".format, "“{}”".format]
)
def test_case_and_punctuation_do_not_matter(screen, said, form):
    assert screen.find(form(said)) is not None


@given(st.text(max_size=300))
def test_any_text_at_all_is_answered(screen, text):
    assert screen.find(text) in (None, *CRISES)


@pytest.mark.parametrize(
    "piece", ["i want to ", "a", "no ", "k ", "my husband ", "not going to ", "want to be with ", "!", "want. ", "éàç ", "k*!@$ "]
)
def test_a_thousand_characters_take_little_time(screen, piece):
    text = (piece * 1000)[:1000]
    started = time.perf_counter()
    screen.find(text)
    assert time.perf_counter() - started < 0.25


@pytest.fixture
def copy(tmp_path):
    return shutil.copytree(PATTERNS, tmp_path / "patterns")


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("(a|b", "lacks a closing"),
        ("a ) b", "did not open"),
        ("<nobody> a", "not defined"),
        ("a & b?", "do not know"),
    ],
)
def test_a_template_that_cannot_be_read_is_named(copy, line, message):
    path = copy / "en.yml"
    text = path.read_text(encoding="utf-8").replace("\nharmless:\n", f"\nharmless:\n  - {line}\n")
    path.write_text(text, encoding="utf-8")
    with pytest.raises(CrisisPatternError, match=f"en.yml.*{message}"):
        CrisisScreen(copy)


def test_a_group_with_an_unknown_context_is_named(copy):
    path = copy / "es.yml"
    path.write_text(path.read_text(encoding="utf-8").replace("unless: [long_past,", "unless: [longpast,"), encoding="utf-8")
    with pytest.raises(CrisisPatternError, match="longpast"):
        CrisisScreen(copy)


def test_a_folder_without_patterns_is_refused(tmp_path):
    with pytest.raises(CrisisPatternError, match="no pattern files"):
        CrisisScreen(tmp_path)
