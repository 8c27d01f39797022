"""What the package ships, offered through the same hooks as anyone's."""

from typing import TYPE_CHECKING

from nastoolkit.components import Component
from nastoolkit.hookspecs import hookimpl

if TYPE_CHECKING:
    from collections.abc import Sequence

    from nastoolkit.datasets.base import Data
    from nastoolkit.evaluation import Subject
    from nastoolkit.parts import Parts
    from nastoolkit.rng import Stream
    from nastoolkit.storage.base import Storage
    from nastoolkit.storage.records import Evaluation


@hookimpl
def nastoolkit_components() -> list[type[Component]]:
    """Every shipped component, by kind."""
    from nastoolkit.competition.layerwise import LayerWise
    from nastoolkit.competition.none import NoCompetition
    from nastoolkit.datasets.boston import BostonHousing
    from nastoolkit.datasets.bundled import BreastCancer, Diabetes, Digits, Iris, Wine
    from nastoolkit.datasets.csv import CsvFile
    from nastoolkit.datasets.image_folder import ImageFolder
    from nastoolkit.datasets.image_sets import Cifar10, Cifar100, FashionMnist, Mnist
    from nastoolkit.datasets.npz import NpzFile
    from nastoolkit.datasets.openml import OpenMl
    from nastoolkit.datasets.parquet import ParquetFile
    from nastoolkit.datasets.synthetic import Clusters, Friedman, Spirals
    from nastoolkit.datasets.text_csv import TextCsv
    from nastoolkit.datasets.text_folder import TextFolder
    from nastoolkit.datasets.text_sets import Imdb, Reuters
    from nastoolkit.encoders.heterogeneous import HeterogeneousEncoder
    from nastoolkit.encoders.matrix import MatrixEncoder
    from nastoolkit.encoders.tree import TreeEncoder
    from nastoolkit.executors.local import LocalExecutor
    from nastoolkit.fitness.error import ErrorFitness
    from nastoolkit.fitness.loss import LossFitness
    from nastoolkit.fitness.paper import PaperFitness
    from nastoolkit.initializers.coe import EdgeOfChaos
    from nastoolkit.initializers.coe_shuffled import ShuffledEdgeOfChaos
    from nastoolkit.initializers.langton import LangtonInitializer
    from nastoolkit.initializers.latin import LatinHypercube
    from nastoolkit.initializers.logistic import LogisticMap
    from nastoolkit.initializers.random import RandomInitializer
    from nastoolkit.initializers.rbn import BooleanNetworkInitializer
    from nastoolkit.initializers.sobol import SobolInitializer
    from nastoolkit.operators.binary_inversion import BinaryInversion
    from nastoolkit.operators.deap_tools import DEAP_OPERATORS
    from nastoolkit.operators.elitism import Elitism
    from nastoolkit.operators.mu_plus_lambda import MuPlusLambda
    from nastoolkit.operators.single_point import SinglePoint
    from nastoolkit.operators.unconditional import Unconditional
    from nastoolkit.pruners.magnitude import MagnitudePruner
    from nastoolkit.pruners.markov import MarkovPruner
    from nastoolkit.pruners.none import NoPruner
    from nastoolkit.pruners.toggle import TogglePruner
    from nastoolkit.pruners.vectorwise import VectorwisePruner
    from nastoolkit.schedulers.halving import SuccessiveHalving
    from nastoolkit.schedulers.none import NoScheduler
    from nastoolkit.trainers.keras_trainer import KerasTrainer

    return [
        *(BreastCancer, CsvFile, Diabetes, Digits, Iris, NpzFile, OpenMl, ParquetFile, Wine),
        *(ImageFolder, TextCsv, TextFolder),
        *(Clusters, Friedman, Spirals),
        *(BostonHousing, Cifar10, Cifar100, FashionMnist, Imdb, Mnist, Reuters),
        *(HeterogeneousEncoder, MatrixEncoder, TreeEncoder),
        *(EdgeOfChaos, ShuffledEdgeOfChaos, LangtonInitializer, BooleanNetworkInitializer),
        *(LatinHypercube, LogisticMap, RandomInitializer, SobolInitializer),
        KerasTrainer,
        *(LayerWise, NoCompetition),
        LocalExecutor,
        *(ErrorFitness, LossFitness, PaperFitness),
        *(BinaryInversion, Elitism, MuPlusLambda, SinglePoint, Unconditional),
        *DEAP_OPERATORS.values(),
        *(MagnitudePruner, MarkovPruner, NoPruner, TogglePruner, VectorwisePruner),
        *(NoScheduler, SuccessiveHalving),
    ]


@hookimpl(trylast=True)
def nastoolkit_open_storage(url: str, create: bool) -> "Storage":  # noqa: FBT001 - the hook's signature
    """SQLite and PostgreSQL."""
    from nastoolkit.storage.sql import open_storage

    return open_storage(url, create=create)


@hookimpl(trylast=True)
def nastoolkit_evaluate_population(
    subjects: "Sequence[Subject]", parts: "Parts", data: "Data", stream: "Stream"
) -> "Sequence[Evaluation]":
    """Where the run's executor says."""
    return parts.executor.evaluate(subjects, parts, data, stream)
