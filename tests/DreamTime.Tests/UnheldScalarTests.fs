/// No product assembly calls an operation of TorchSharp that makes a Scalar nothing holds: a collection of garbage during the call would free it.
module DreamTime.Tests.UnheldScalarTests

open System
open System.IO
open Expecto
open Mono.Cecil

let private tensor = "TorchSharp.torch/Tensor"

/// The places where scalars are held until the call is over.
let private safe =
    Set [ "DreamTime.Diffusion.TensorSum"; "DreamTime.Diffusion.TensorNumbers" ]

/// Sums always have a factor, which is a scalar; the other operations where one side is a number.
let private makesScalar (operation: MethodReference) =
    let withNumber =
        operation.Parameters |> Seq.exists (fun p -> p.ParameterType.FullName <> tensor)

    operation.DeclaringType.FullName = tensor
    && match operation.Name with
       | "op_Addition" -> true
       | "add"
       | "add_" -> operation.Parameters.Count = 1 || withNumber
       | "op_Subtraction"
       | "op_Multiply"
       | "op_Division"
       | "op_Modulus"
       | "sub"
       | "sub_"
       | "mul"
       | "mul_"
       | "div"
       | "div_"
       | "pow"
       | "pow_" -> withNumber
       | _ -> false

let rec private outermost (definition: TypeDefinition) =
    match definition.DeclaringType with
    | null -> definition.FullName
    | outer -> outermost outer

let private calls (unwanted: MethodReference -> bool) (assembly: string) =
    use assembly = AssemblyDefinition.ReadAssembly assembly

    [
        for definition in assembly.MainModule.GetTypes() do
            if not (safe.Contains(outermost definition)) then
                for caller in definition.Methods do
                    if caller.HasBody then
                        for instruction in caller.Body.Instructions do
                            match instruction.Operand with
                            | :? MethodReference as operation when unwanted operation ->
                                $"{caller.DeclaringType.FullName}.{caller.Name} calls {operation.Name}"
                            | _ -> ()
    ]

let private products =
    [ "DreamTime.Diffusion"; "DreamTime"; "DreamTime.Training" ]
    |> List.map (fun name -> Path.Combine(AppContext.BaseDirectory, name + ".dll"))

let tests =
    testList "Unheld scalars" [
        test "sums, and operations of a tensor and a number, go through Plus, Minus, Times and Over" {
            for product in products do
                Expect.isEmpty (calls makesScalar product) $"{product} lets TorchSharp make a scalar that nothing holds"
        }
        test "the look into the assemblies finds what is there" {
            let subtractions =
                calls (fun o -> o.DeclaringType.FullName = tensor && o.Name = "op_Subtraction") (List.head products)

            Expect.isNonEmpty subtractions "tensors are subtracted somewhere"
        }
    ]
