using System.Text.RegularExpressions;
using MLNet.Sequence.Layers;

namespace MLNet.Sequence.Tests.Layers;

/// <summary>Every layer has its files and its contract.</summary>
[TestClass]
public sealed partial class LayerCompletenessTests
{
    private static readonly Type[] Layers = Concrete(typeof(Layer));

    [TestMethod]
    public void Every_layer_has_one_class_that_derives_the_contract()
    {
        Type[] tested = [.. Concrete(typeof(LayerContract)).Select(Subject)];
        CollectionAssert.AreEquivalent(Layers, tested);
    }

    [TestMethod]
    public void Every_layer_is_a_sealed_record_in_a_file_of_its_name()
    {
        foreach (Type type in Layers)
        {
            Assert.IsTrue(type.IsSealed, type.Name);
            string shortName = ShortName(type);
            SourceTree.AssertHolds("src", "MLNet.Sequence.Runtime", "Layers", $"{type.Name}.cs");
            SourceTree.AssertHolds("src", "MLNet.Sequence", "Torch", "Layers", $"Torch{shortName}.cs");
            SourceTree.AssertHolds("src", "MLNet.Sequence", "Onnx", "Layers", $"Onnx{shortName}.cs");
            SourceTree.AssertHolds("test", "MLNet.Sequence.Tests", "Layers", $"{type.Name}Tests.cs");
        }
    }

    [TestMethod]
    public void Every_layer_is_saved_under_the_kebab_case_of_its_name()
    {
        string[] names = [.. Layers.Select(type => WordStart().Replace(ShortName(type), "-").ToLowerInvariant())];
        CollectionAssert.AreEquivalent(names, LayerConverter.Saved.Names.ToArray());
        CollectionAssert.AreEquivalent(Layers, names.Select(name => LayerConverter.Saved.Sample(name)!.GetType()).ToArray());
    }

    private static string ShortName(Type layer) =>
        layer.Name.EndsWith("Layer", StringComparison.Ordinal) ? layer.Name[..^"Layer".Length] : layer.Name;

    [GeneratedRegex("(?<=[a-z0-9])(?=[A-Z])")]
    private static partial Regex WordStart();

    private static Type[] Concrete(Type root) =>
        [.. root.Assembly.GetTypes().Where(type => !type.IsAbstract && type.IsAssignableTo(root))];

    private static Type Subject(Type contract)
    {
        Type[] subjects = [.. ((LayerContract)Activator.CreateInstance(contract)!).Cases.Select(@case => @case.Layer.GetType()).Distinct()];
        Assert.HasCount(1, subjects, contract.Name);
        return subjects[0];
    }
}
