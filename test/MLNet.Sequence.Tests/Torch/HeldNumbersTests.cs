using System.Reflection;
using MLNet.Sequence.Data;
using MLNet.Sequence.Torch;
using static TorchSharp.torch;

namespace MLNet.Sequence.Tests.Torch;

[TestClass]
public sealed class HeldNumbersTests
{
    [TestMethod]
    public void Every_number_that_goes_to_libtorch_is_held_until_the_call_has_returned()
    {
        string[] offences =
        [
            .. UnheldNumbers.Offences(typeof(TorchNetwork).Assembly, typeof(HeldNumbers), typeof(Number)),
            .. UnheldNumbers.Offences(typeof(WindowShape).Assembly),
            .. UnheldNumbers.Offences(Assembly.Load("MLNet.Sequence.Samples")),
            .. UnheldNumbers.Offences(GetType().Assembly, typeof(Careless)),
        ];

        Assert.AreEqual("", string.Join(Environment.NewLine, offences), "Numbers go to libtorch through HeldNumbers.");
    }

    [TestMethod]
    public void A_careless_number_is_found_in_every_place()
    {
        string[] found = [.. UnheldNumbers.Offences(GetType().Assembly).Select(offence => offence.Replace("calls ", "", StringComparison.Ordinal))];
        bool Found(string start) => Array.Exists(found, offence => offence.StartsWith(start, StringComparison.Ordinal));

        string[] expected =
        [
            "Careless.Converted Scalar.op_Implicit(Double)",
            "Careless.Extended ScalarExtensionMethods.ToScalar(Single)",
            "Careless.Sum Tensor.op_Addition(Tensor, Tensor)",
            "Careless.Product Tensor.op_Multiply(Tensor, Int32)",
            "Careless.Squared Tensor.square()",
            "Careless.Printed TensorExtensionMethods.str(",
        ];
        foreach (string careless in expected)
            Assert.IsTrue(Found(careless), $"{careless} was not among: {string.Join("; ", found)}");
        // A lambda, a method of a generic type, an iterator and an asynchronous method are compiled into types and methods of their own.
        foreach (string hidden in new[] { "<Lambda>", "Generic", "MoveNext" })
            Assert.IsTrue(Found($"Careless.{hidden}"), hidden);
        Assert.HasCount(2, Array.FindAll(found, offence => offence.StartsWith("Careless.MoveNext", StringComparison.Ordinal)));
        Assert.IsFalse(Found("Careless.Held"));
    }

    [TestMethod]
    public void The_list_of_banned_methods_is_what_the_code_of_TorchSharp_shows()
    {
        string[] shown = [.. UnheldNumbers.Makers.Where(IsPublic).Select(UnheldNumbers.Name).Distinct().Order(StringComparer.Ordinal)];
        string[] listed = File.ReadAllLines(SourceTree.Path("test", "MLNet.Sequence.Tests", "Torch", "BannedMethods.txt"));

        Assert.AreEqual(string.Join('\n', shown), string.Join('\n', listed),
            "BannedMethods.txt names the public methods of TorchSharp that make a Scalar inside.");
    }

    [TestMethod]
    public void Modules_that_the_library_uses_make_no_number_in_their_passes()
    {
        Type[] modules =
        [
            .. AssemblyReferences.Of(typeof(TorchNetwork).Assembly).Select(reference => reference.Used).OfType<Type>().Distinct()
                .Where(type => type.IsSubclassOf(typeof(nn.Module))),
        ];
        CollectionAssert.IsSubsetOf(new[] { typeof(TorchSharp.Modules.LSTM), typeof(TorchSharp.Modules.GRU), typeof(TorchSharp.Modules.RNN) }, modules);

        MethodBase[] passes =
        [
            .. modules.SelectMany(module => module.GetMethods())
                .Where(method => UnheldNumbers.Makers.Contains(method.Module.ResolveMethod(method.MetadataToken)!)),
        ];

        Assert.IsEmpty(passes, string.Join(", ", passes.Select(UnheldNumbers.Name)));
    }

    [TestMethod]
    public void Operations_with_numbers_follow_their_formulas()
    {
        using var scope = NewDisposeScope();
        Tensor x = tensor(new[] { -2.0, 0.5, 3 }), y = tensor(new[] { 1.0, 4, -2 });

        void Holds(double[] expected, Tensor found) => CollectionAssert.AreEqual(expected, found.data<double>().ToArray());
        Holds([-1, 4.5, 1], x.Add(y));
        Holds([-1.5, 1, 3.5], x.Add(0.5));
        Holds([-1, 1.5, 4], x.Add(1));
        Holds([-4, -7.5, 7], x.Add(y, -2));
        Holds([-4, -1.5, 1], x.Sub(2));
        Holds([3, 0.5, -2], x.Rsub(1));
        Holds([-1, 0.25, 1.5], x.Mul(0.5));
        Holds([-1, 0.25, 1.5], x.Div(2));
        Holds([4, 0.25, 9], x.Square());
        Holds([-8, 0.125, 27], x.Pow(3));
        Holds([-6, 4.5, -9], x.Addcmul(x, y, 2).Add(y.Sub(1), 0));
        Holds([-1, 0.5, 1], x.Clamp(-1, 1));
        Holds([0, 0.5, 3], x.ClampMin(0));
        Holds([7, 0.5, 3], x.MaskedFill(x.Lt(0), 7));
        Holds([-2, 7, 7], x.MaskedFill(x.Ge(0.5), 7));
        Holds([-2, 0.5, 7], x.MaskedFill(x.Gt(0.5), 7));
        Holds([-2, 0.5, 1], x.IndexAdd(0, tensor(new long[] { 2 }), tensor(new[] { 4.0 }), -0.5));
        CollectionAssert.AreEqual(new long[] { 0, 1, 2 }, HeldNumbers.Arange(3, CPU).data<long>().ToArray());
        Holds([0, 1, 2], HeldNumbers.Arange(3, CPU, ScalarType.Float64));
        Holds([1.5, 1.5], HeldNumbers.Full([2], 1.5, ScalarType.Float64, CPU));
        // ((x + 1) · 2 + 4 y) / 2 + y · y − y / y
        Holds([1, 24.5, 3], x.clone().Add_(1).Mul_(2).Add_(y, 4).Div_(2).Addcmul_(y, y, 1).Addcdiv_(y, y, -1));
        Holds([-1, 0.5, 1], x.clone().Clamp_(-1, 1));
        Holds([7, 0.5, 3], x.clone().MaskedFill_(x.Lt(0), 7));
    }

    [TestMethod]
    public void Whole_numbers_leave_the_type_of_whole_tensors()
    {
        using var scope = NewDisposeScope();
        Tensor tokens = tensor(new long[] { 5, 6 });

        Tensor[] results =
        [
            tokens.Add(tokens), tokens.Add(1), tokens.Add(tokens, 2), tokens.Sub(1), tokens.Rsub(1), tokens.Mul(2), tokens.Div(2, RoundingMode.floor),
            tokens.MaskedFill(tokens.Gt(5), 0),
        ];

        foreach (Tensor result in results)
            Assert.AreEqual(ScalarType.Int64, result.dtype);
        Assert.AreEqual(ScalarType.Float32, tokens.Mul(0.5).dtype);
    }

    private static bool IsPublic(MethodBase method) => method.IsPublic && method.DeclaringType!.IsVisible;
}
