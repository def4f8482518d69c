using System.Reflection;
using MLNet.Sequence.Rows;

namespace MLNet.Sequence.Tests.Training;

/// <summary>No hyper-parameter accepts a value outside its documented range. Each is tried with values that are impossible for its
/// kind.</summary>
[TestClass]
public sealed class OptionRangeTests
{
    private static readonly Optimizer[] Optimizers = [new Adam(), new AdamW(), new RmsProp(), new Sgd()];

    private static readonly Schedule[] Schedules = [new CosineSchedule(), new OneCycleSchedule(), new PlateauSchedule(), new StepSchedule()];

    private static readonly Architecture Small = new Lstm { HiddenSize = 2 };

    [TestMethod]
    public void The_decay_of_a_running_mean_is_below_1_and_an_epsilon_above_0()
    {
        Optimizer[] wrong =
        [
            new Adam { Beta1 = 1 }, new Adam { Beta2 = 1 }, new Adam { Beta1 = -0.1 }, new Adam { Epsilon = 0 }, new AdamW { Beta1 = 1 },
            new AdamW { Beta2 = 1.5 }, new AdamW { Epsilon = -1 }, new RmsProp { Alpha = 1 }, new RmsProp { Alpha = -1 }, new RmsProp { Epsilon = 0 },
                new Sgd { Momentum = 1 },
        ];
        foreach (Optimizer optimizer in wrong)
            Assert.ContainsSingle(new TrainingOptions { Optimizer = optimizer }.Problems(), optimizer.ToString());
        StringAssert.StartsWith(new TrainingOptions { Optimizer = new Adam { Beta1 = 1 } }.Problems().Single(), "Training.Beta1 must be in [0, 1); found 1.");
        foreach (Optimizer right in new Optimizer[] { new Adam { Beta1 = 0, Beta2 = 0 }, new RmsProp { Alpha = 0 }, new Sgd { WeightDecay = 1 } })
            Assert.IsEmpty(new TrainingOptions { Optimizer = right }.Problems());
    }

    [TestMethod]
    public void No_option_of_training_accepts_values_out_of_range()
    {
        foreach (Optimizer optimizer in Optimizers)
            AssertRefused(optimizer, one => new TrainingOptions { Optimizer = one }.Problems());
        foreach (Schedule schedule in Schedules)
            AssertRefused(schedule, one => new TrainingOptions { Schedule = one }.Problems());
        AssertRefused(new TrainingOptions(), one => one.Problems());
        AssertRefused(new CheckpointOptions { Directory = "x" }, one => new TrainingOptions { Checkpoints = one }.Problems());
    }

    [TestMethod]
    public void No_option_of_a_task_accepts_values_out_of_range()
    {
        AssertRefused(new ForecastingOptions { Targets = ["y"] }, one => Refusals(() => one.Validate(Small)));
        AssertRefused(new SequenceOptions(), one => Refusals(() => one.Validate(Small, [])));
        var plain = new SequenceOptions();
        AssertRefused(
            new SequenceTaggerOptions(), one => Refusals(() => one.ToSequenceOptions().Validate(Small, new TaggingGoal(one.Decoding).Problems(plain))));
        AssertRefused(new NextStepOptions { Kind = StepKind.Token, Tokens = new TokenOptions() }, one => Refusals(() => one.Validate(Small)));
        AssertRefused(new TokenOptions { Vocabulary = 9 }, one => one.Problems());
        AssertRefused(new SlidingWindowOptions { Columns = ["y"] }, one => Refusals(one.Validate));
        AssertRefused(new GenerationOptions(), one => Refusals(one.Validate));
        AssertRefused(new MemoryOptions(), one => Refusals(one.Validate));
        AssertRefused(new BootstrapOptions(), one => Refusals(one.Validate));
        AssertRefused(new ForecastingEvaluatorOptions { Targets = ["y"], Horizon = 1 }, one => Refusals(one.Validate));
        AssertRefused(new CompareOptions(), one => Refusals(() => one.Validate(1)));
    }

    [TestMethod]
    public void No_architecture_accepts_values_out_of_range()
    {
        foreach (Type type in typeof(Architecture).Assembly.GetTypes().Where(type => type.IsSubclassOf(typeof(Architecture)) && !type.IsAbstract))
            AssertRefused((Architecture)Activator.CreateInstance(type)!, one => one.Problems());
    }

    private static void AssertRefused<T>(T options, Func<T, IEnumerable<string>> problems) where T : class
    {
        Assert.IsEmpty(problems(options), $"The defaults of {options.GetType().Name} are right.");
        MethodInfo clone = options.GetType().GetMethod("<Clone>$")!;
        foreach (PropertyInfo property in options.GetType().GetProperties().Where(property => property.CanWrite && property.Name != "Seed"))
        {
            foreach (object value in Impossible(Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType))
            {
                var changed = (T)clone.Invoke(options, null)!;
                property.SetValue(changed, value);
                Assert.IsNotEmpty(problems(changed), $"{options.GetType().Name}.{property.Name} = {value} is taken.");
            }
        }
    }

    private static object[] Impossible(Type type) => type switch
    {
        _ when type == typeof(float) => [float.NaN, float.PositiveInfinity, float.NegativeInfinity],
        _ when type == typeof(double) => [double.NaN, double.PositiveInfinity, double.NegativeInfinity],
        _ when type == typeof(int) => [-1],
        _ when type == typeof(long) => [-1L],
        _ when type == typeof(TimeSpan) => [TimeSpan.FromSeconds(-1)],
        { IsEnum: true } => [Enum.ToObject(type, 99)],
        _ => [],
    };

    private static string[] Refusals(Action validate)
    {
        try
        {
            validate();
            return [];
        }
        catch (ArgumentException exception)
        {
            return [exception.Message];
        }
    }
}
